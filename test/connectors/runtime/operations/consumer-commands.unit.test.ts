import { describe, expect, it } from 'vitest';
import type { NewConsumer } from '../../../../connectors/hub-store/consumer-registry.ts';
import {
  isDate,
  standingOf,
  swedishDate,
} from '../../../../connectors/runtime/operations/consumer-agreement.ts';
import {
  type ConsumerCommand,
  consumerRequestOf,
  printConsumerResult,
  readConsumerCommand,
} from '../../../../connectors/runtime/operations/consumer-commands.ts';
import type { PersonKey } from '../../../../core/person/person-identifier.ts';
import { profileOf } from '../../../core/disclosure/disclosure-builder.ts';
import { TEST_PNR } from '../../../support/person-builder.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const AUTHOR = { reason: 'case 4711', requestedBy: 'tester' };
const KEY = '11111111-1111-4111-8111-111111111111' as PersonKey;
const SEEN = { id: 3, generation: 7 };
const profile = profileOf({ name: 'card' });
const NEW: NewConsumer = {
  profile,
  agreement: {
    validTo: '2026-11-30',
    frameworkVersion: '2026.1',
    staffInformedBy: 'the office of systems',
    staffInformedAt: '2026-11-30',
  },
  principal: null,
};
const COMMANDS: readonly ConsumerCommand[] = [
  { kind: 'consumer-add', consumer: NEW },
  { kind: 'consumer-add', consumer: { ...NEW, principal: 'CN=card' } },
  { kind: 'consumer-change', name: 'card', profile, seen: SEEN },
  { kind: 'consumer-renew', name: 'card', agreement: NEW.agreement },
  { kind: 'consumer-pause', name: 'card' },
  { kind: 'consumer-resume', name: 'card' },
  { kind: 'consumer-replay', name: 'card', what: 'all', seen: SEEN },
  { kind: 'consumer-replay', name: 'card', what: 'repair', seen: SEEN },
  { kind: 'consumer-replay', name: 'card', what: { since: NOW }, seen: SEEN },
  { kind: 'consumer-touch', name: 'card', personKeys: [KEY, KEY] },
  { kind: 'consumer-drop', name: 'card', seen: SEEN },
];

function requestOf(command: ConsumerCommand, author = AUTHOR) {
  return consumerRequestOf(command, author, NOW);
}

describe('a command about a consumer', () => {
  it.each(COMMANDS.map((command) => [command.kind, command] as const))(
    'is read back as it was asked for: %s',
    (_, command) => {
      const made = requestOf(command);
      if (made.kind === 'refused') return expect.fail(made.why);
      expect(made.request).toMatchObject({ target: 'consumers', ...AUTHOR });
      expect(readConsumerCommand(made.request)).toEqual(command);
    },
  );

  it('is not made for a reason that says nothing or too much', () => {
    const pause = { kind: 'consumer-pause', name: 'card' } as const;
    for (const reason of ['', `asked by ${TEST_PNR[0]}`]) {
      expect(requestOf(pause, { ...AUTHOR, reason })).toMatchObject({ kind: 'refused' });
    }
  });

  it.each([
    ['an agreement that is over', { validTo: '2026-11-29' }, 'over'],
    ['a day that does not exist', { validTo: '2027-02-30' }, '--agreement-valid-to'],
    ['a day that is no day', { staffInformedAt: 'yesterday' }, '--staff-informed-at'],
    ['staff that will be informed', { staffInformedAt: '2026-12-01' }, 'a day to come'],
    ['no framework', { frameworkVersion: ' ' }, '--framework-version'],
    ['a number of somebody', { staffInformedBy: TEST_PNR[0] }, '--staff-informed-by'],
  ])('adds nobody and renews nothing with %s', (_, change, why) => {
    const consumer = { ...NEW, agreement: { ...NEW.agreement, ...change } };
    const { agreement } = consumer;
    for (const made of [
      requestOf({ kind: 'consumer-add', consumer }),
      requestOf({ kind: 'consumer-renew', name: 'card', agreement }),
    ]) {
      expect(made).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) as string });
      expect(JSON.stringify(made)).not.toContain(TEST_PNR[0]);
    }
  });

  it.each(['*', 'User:card', '', 'two words'])('adds nobody as the principal %j', (principal) => {
    expect(requestOf({ kind: 'consumer-add', consumer: { ...NEW, principal } })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('principal') as string,
    });
  });

  it.each([
    { kind: 'consumer-add', arguments: { consumer: 'card' } },
    { kind: 'consumer-renew', arguments: { consumer: 'card' } },
    { kind: 'consumer-change', arguments: { consumer: 'card' } },
    { kind: 'consumer-drop', arguments: { consumer: 'card' } },
    { kind: 'consumer-touch', arguments: { consumer: 'card', personKeys: TEST_PNR[0] } },
    { kind: 'consumer-replay', arguments: { consumer: 'card', what: 'since' } },
    { kind: 'consumer-pause', arguments: {} },
    { kind: 'consumer-dance', arguments: { consumer: 'card' } },
  ])('is not known when it is $kind with $arguments', (stored) => {
    expect(readConsumerCommand({ ...stored, expectedState: null })).toBeUndefined();
  });

  it('says in words why it was refused', () => {
    const answer = {
      instance: 'a',
      outcome: 'refused',
      detail: 'walk-under-way',
      at: NOW,
    } as const;
    expect(printConsumerResult({ id: 4n, answer, silent: undefined })).toBe(
      'Command 4: a answers refused: everybody is gone through for it already; ask again when that is over.',
    );
  });
});

describe('an agreement', () => {
  it.each([
    ['2026-12-31', { kind: 'valid' }],
    ['2026-12-30', { kind: 'ends-soon', daysLeft: 30 }],
    ['2026-11-30', { kind: 'ends-soon', daysLeft: 0 }],
    ['2026-11-29', { kind: 'over', daysOver: 1 }],
  ])('to %s stands so on the last of November', (validTo, standing) => {
    expect(standingOf({ validTo }, NOW)).toEqual(standing);
  });

  it('counts its days by the calendar of Sweden', () => {
    const night = Date.UTC(2026, 10, 30, 23, 30);
    expect(swedishDate(night)).toBe('2026-12-01');
    expect(standingOf({ validTo: '2026-11-30' }, night)).toEqual({ kind: 'over', daysOver: 1 });
    expect([isDate('2024-02-29'), isDate('2026-02-29'), isDate('2026-2-1')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
