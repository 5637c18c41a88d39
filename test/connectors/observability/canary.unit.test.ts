/** Whatever throws and whoever logs: nothing of a person gets into any line. */
import { describe, expect, it } from 'vitest';
import { printErrorChain } from '../../../connectors/observability/describe-error.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import type { LogSafe } from '../../../core/errors/log-safe.ts';
import { describeWithShared, readSharedJson } from '../../support/shared-data.ts';

/** Published examples of national and local reserve numbers, and a samordningsnummer with an impossible day 78+60. */
const IDENTITIES = [
  '22790814AA01',
  '22950606FH20',
  '991981000010',
  '19810829M071',
  '19810829SU3A',
  '198108320014',
  '19810829TB1F',
  '810829DA1B',
  '20200501AA8A',
  '20100101014R',
];
const NAME = 'Kanariefågel';

/** What drivers and the language itself write into messages, as seen. */
const MESSAGES: readonly ((identity: string) => string)[] = [
  (id) => id,
  (id) => `invalid input syntax for type date: "${id}"`,
  (id) =>
    `Violation of PRIMARY KEY constraint 'PK_B'. Cannot insert duplicate key in object 'dbo.B'. The duplicate key value is (PNR, ${id}).`,
  (id) => `Conversion failed when converting the varchar value '${id} ${NAME}' to data type int.`,
  (id) =>
    `duplicate key value violates unique constraint "p_pk" - Key (id)=(${id}) already exists.`,
  (id) =>
    `insert into "p" ("id", "name") values ('${id}', '${NAME}') - null value in column "x" violates not-null constraint`,
  (id) => `Unexpected token 'x', "{"id":"${id}","n":"${NAME}"}" is not valid JSON`,
  (id) => `invalid "string": { id: '${id}', name: '${NAME}' }`,
  (id) => `Request failed for ${id.slice(0, 8)}-${id.slice(8)}`,
  (id) => `Request failed for ${id.slice(2, 8)}+${id.slice(8)}`,
  (id) => `Request failed for ${id.split('').join(' ')}`,
  (id) => `Failed\n    at ${id} (${NAME}:1:1)`,
  (id) => `bad row id=${id} name=${NAME}`,
  (id) => `param @p1=${id}`,
];

function linesOf(identity: string): string {
  let output = '';
  const destination = { write: (line: string) => (output += line) };
  for (const pretty of [false, true]) {
    const logger = createLogger({ level: 'debug', pretty, destination });
    for (const message of MESSAGES.map((print) => print(identity))) {
      for (const error of errorsWith(message)) {
        logger.error('failed', error);
        output += printErrorChain(error);
      }
    }
    // What the types forbid, forced: the second net alone.
    for (const value of [identity, `p_${identity}`, `id${identity} ${identity.slice(2)}`]) {
      logger.info('forced', { value: value as unknown as LogSafe });
      logger.child({ value: value as unknown as LogSafe }).warn('forced');
      logger.warn('forced', {
        value: `${identity.slice(0, -4)}-${identity.slice(-4)}` as unknown as LogSafe,
      });
    }
    (logger.info as (message: string) => void)(`forced ${identity}`);
  }
  return output;
}

function errorsWith(message: string): readonly unknown[] {
  const driver = Object.assign(new Error(message), {
    code: message,
    detail: message,
    where: message,
    parameters: [message],
    number: 2627,
  });
  driver.name = message;
  return [
    driver,
    new TypeError(message),
    new AggregateError([driver], message),
    new Error('outer', { cause: driver }),
    HubError.wrap('HUB_STORE_UNAVAILABLE', driver),
    HubError.wrap('HUB_STORE_UNAVAILABLE', new Error(message, { cause: message })),
    message,
    { message },
  ];
}

/** The identity as it is, without a separator, without its century, and spread out. */
function traces(identity: string): readonly string[] {
  const short = identity.slice(-10);
  return [identity, short, `${short.slice(0, 6)}-${short.slice(6)}`, `${short.slice(0, 6)}+`];
}

describe('no log line holds a person', () => {
  it.each(IDENTITIES.map((_, index) => index))('reserve number example %i', (index) => {
    const identity = IDENTITIES[index] ?? expect.fail();
    const output = linesOf(identity);
    expect(output).toContain('failed');
    for (const trace of [...traces(identity), NAME]) expect(output.includes(trace)).toBe(false);
  });

  it('withholds a personal number that came as a number', () => {
    let output = '';
    const logger = createLogger({
      level: 'info',
      destination: { write: (line) => (output += line) },
    });
    logger.info('forced', { a: 195401782395, b: 195401782395n, c: 5401782395 });
    expect(output).not.toMatch(/5401782395/);
    logger.info('bytes', { bytes: 5_368_709_120, at: 1_760_000_000_000, offset: 123_456_789_012 });
    expect(output).toMatch(/5368709120.*1760000000000.*123456789012/);
  });
});

describeWithShared(
  'no log line holds an official test number',
  'testdata/personnummer-meta-list.json',
  () => {
    it('in any form of it', () => {
      const numbers = readSharedJson<readonly { readonly long_format?: string }[]>(
        'testdata/personnummer-meta-list.json',
      )
        .flatMap((entry) => entry.long_format ?? [])
        .filter((_, index) => index % 40 === 0);
      expect(numbers.length).toBeGreaterThan(0);
      for (const number of numbers) {
        const output = linesOf(number);
        for (const trace of traces(number)) expect(output.includes(trace)).toBe(false);
      }
    });
  },
);
