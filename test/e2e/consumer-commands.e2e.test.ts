/** One consumer from its first day to its last, by the commands that an operator gives to a hub that runs. Issue 8, point 7. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { consumerTopicNames } from '../../connectors/kafka/topics.ts';
import { createOperator } from '../../connectors/runtime/operations/operator.ts';
import { createHubWorld } from '../support/hub-world.ts';
import { readRecords } from '../support/kafka-topic.ts';
import { TEST_PNR } from '../support/person-builder.ts';

const PROGRAM = join(import.meta.dirname, '../../scripts/hub.ts');
const MAPPINGS = join(import.meta.dirname, '../../mappings');
const PERSONS = 150;
const WITHIN = { timeout: 60_000, interval: 100 };
const WHY = ['--reason', 'a test'];
const AGREEMENT = [
  ['--agreement-valid-to', '2099-12-31'],
  ['--framework-version', '2026.1'],
  ['--staff-informed-by', 'the office of systems'],
  ['--staff-informed-at', '2026-03-01'],
].flat();

interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const run: typeof runHub = (args, ...rest) => runHub(['consumers', ...args], ...rest);

/** Runs one command line to its end. */
async function runHub(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  input = '',
): Promise<Answer> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: settings });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

it('is added, changed, told again, paused and dropped', async () => {
  const mappings = mkdtempSync(join(tmpdir(), 'mappings-'));
  cpSync(MAPPINGS, mappings, { recursive: true });
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rmSync(mappings, { recursive: true }));
  await using world = await createHubWorld({
    master: { persons: PERSONS },
    services: { MAPPINGS_DIR: mappings },
  });
  const hub = cleanUp.use(world.start());
  await world.settle([hub]);
  const operator = cleanUp.use(createOperator(loadConfig(world.settings, 'operator')));
  const consumers = (args: readonly string[], input = ''): Promise<Answer> =>
    run(args, world.settings, input);
  const status = async () => (await operator.consumers.readStatus('cosmic'))[0];
  const untilGeneration = async (generation: number): Promise<void> =>
    await expect
      .poll(async () => {
        const now = await status();
        return now?.walk === null ? now.consumer.generation : -1;
      }, WITHIN)
      .toBe(generation);
  const names = consumerTopicNames('cosmic', world.prefix);
  const statesOf = async (generation: number) =>
    (await readRecords(world.kafka, names.person)).filter(
      ({ headers }) => headers['hub_generation'] === `${generation}`,
    );

  // Without an agreement that holds nothing begins.
  const over = AGREEMENT.with(1, '2026-01-31');
  expect(await consumers(['add', 'cosmic', ...over, ...WHY])).toMatchObject({ code: 2 });
  expect(await consumers(['add', 'cosmic', ...WHY])).toMatchObject({ code: 2 });
  expect(await consumers(['status'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('No consumer was added') as string,
  });
  expect(await world.kafka.admin.topicNames()).not.toContain(names.person);

  const added = await consumers(['add', 'cosmic', ...AGREEMENT, ...WHY]);
  expect(added).toMatchObject({ code: 0, err: '' });
  expect(added.out).toMatch(/Command \d+: instance-1 answers done\./);
  expect(added.out).toContain(
    `groups      any name that begins with ${world.prefix}consumer.cosmic.`,
  );
  await untilGeneration(1);
  const published = await world.count('SELECT count(*) AS n FROM persons WHERE golden IS NOT NULL');
  expect(published).toBeGreaterThan(PERSONS / 2);
  expect(await statesOf(1)).toHaveLength(published);
  expect(await consumers(['add', 'cosmic', ...AGREEMENT, ...WHY])).toMatchObject({ code: 2 });

  // Another profile: shown first, and done when it is decided.
  const file = join(mappings, 'consumers/cosmic.json');
  const profile = JSON.parse(readFileSync(file, 'utf8')) as {
    version: number;
    groups: readonly string[];
  };
  expect(await consumers(['change', 'cosmic', ...WHY])).toMatchObject({
    code: 2,
    err: expect.stringContaining('the file says what the consumer is told by already') as string,
  });
  const groups = profile.groups.filter((group) => group !== 'addresses');
  writeFileSync(file, JSON.stringify({ ...profile, version: profile.version + 1, groups }));
  expect((await consumers(['list'])).out).toContain('changed: run `hub consumers change`');
  const shown = await consumers(['change', 'cosmic', ...WHY]);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toContain('Nothing was done. Add --execute to do it.');
  expect(shown.out).toMatch(/Fields that go, each by an order to forget\n +\d+ {2}addresses\n/);
  expect((await status())?.consumer.walk).toBeNull();
  expect(await consumers(['change', 'cosmic', '--execute', ...WHY])).toMatchObject({
    code: 0,
    err: '',
  });
  await untilGeneration(2);
  expect(await statesOf(2)).toHaveLength(published);
  const orders = await readRecords(world.kafka, names.purge);
  expect(orders.length).toBeGreaterThan(0);
  expect((await status())?.purges.open).toBe(orders.length);
  expect((await consumers(['status', 'cosmic'])).out).toContain('generation  2');

  // Chosen persons, by standard input.
  const [first = '', second = ''] = (await statesOf(2)).map(({ key }) => key?.toString() ?? '');
  const again = await consumers(
    ['replay', 'cosmic', '--stdin', ...WHY],
    `${first}\n${TEST_PNR[0]}\n${second}\n`,
  );
  expect(again).toMatchObject({
    code: 1,
    out: expect.stringContaining('no person keys: line 2.') as string,
  });
  expect(again.out + again.err).not.toContain(TEST_PNR[0]);
  await expect.poll(async () => (await statesOf(2)).length, WITHIN).toBe(published + 2);
  const list = join(mappings, 'persons.txt');
  writeFileSync(list, `${first}\r\n${second}\r\n`);
  const byFile = await consumers(['replay', 'cosmic', '--file', list, ...WHY]);
  expect(byFile).toMatchObject({ code: 0, out: expect.stringContaining('2 persons') as string });
  expect(await consumers(['replay', 'cosmic', '--file', `${list}x`, ...WHY])).toMatchObject({
    code: 2,
    err: expect.stringContaining('the file cannot be read') as string,
  });
  await expect.poll(async () => (await statesOf(2)).length, WITHIN).toBe(published + 4);
  expect(await consumers(['replay', 'cosmic', '--all', '--repair', ...WHY])).toMatchObject({
    code: 2,
  });
  const since = ['--since', '2020-01-01T00:00:00Z'];
  expect(await consumers(['replay', 'cosmic', ...since, ...WHY])).toMatchObject({
    code: 0,
    err: '',
  });
  await expect
    .poll(async () => (await statesOf(2)).length, WITHIN)
    .toBeGreaterThanOrEqual(2 * published + 4);
  const repair = ['replay', 'cosmic', '--repair', ...WHY];
  expect(await consumers(repair)).toMatchObject({
    code: 0,
    out: expect.stringContaining(`${published} states`) as string,
  });
  expect((await status())?.consumer.walk).toBeNull();
  expect(await consumers([...repair, '--execute'])).toMatchObject({ code: 0, err: '' });
  await untilGeneration(3);
  expect(await statesOf(3)).toHaveLength(published);

  // A new agreement for one that is there, by the same checks.
  expect(await consumers(['renew', 'cosmic', ...over, ...WHY])).toMatchObject({ code: 2 });
  const renewed = AGREEMENT.with(3, '2027.2');
  expect(await consumers(['renew', 'cosmic', ...renewed, ...WHY])).toMatchObject({
    code: 0,
    err: '',
  });
  expect((await status())?.consumer.agreement.frameworkVersion).toBe('2027.2');

  // Somebody deleted a topic of it; an operator makes it anew.
  const topics = (word: string): Promise<Answer> => runHub(['topics', word], world.settings);
  await consumers(['pause', 'cosmic', ...WHY]);
  await world.kafka.admin.deleteTopics([names.events]);
  expect(await topics('check')).toMatchObject({ code: 1 });
  expect(await topics('ensure')).toMatchObject({
    code: 0,
    out: expect.stringContaining(names.events) as string,
  });
  await consumers(['resume', 'cosmic', ...WHY]);

  expect(await consumers(['pause', 'cosmic', ...WHY])).toMatchObject({ code: 0, err: '' });
  expect((await consumers(['status', 'cosmic'])).out).toContain('state       paused');
  expect(await consumers(['resume', 'cosmic', ...WHY])).toMatchObject({ code: 0, err: '' });

  expect((await consumers(['drop', 'cosmic', ...WHY])).out).toContain('Nothing was done');
  expect(await consumers(['drop', 'cosmic', '--execute', ...WHY])).toMatchObject({
    code: 0,
    err: '',
  });
  await expect.poll(async () => (await statesOf(4)).length, WITHIN).toBe(published);
  expect((await statesOf(4)).every(({ value }) => value === null)).toBe(true);
  const dropping = (await consumers(['status', 'cosmic'])).out;
  expect(dropping).toContain('state       dropping');
  expect(dropping).toMatch(/waits for {3}[1-9][\d ]* answers, for the last of them until/);
  // It is gone as soon as it has said that it forgot all of it.
  await expect
    .poll(async () => {
      const { consumerPurges } = operator.store;
      for (const { id } of await consumerPurges.open(10_000, 'cosmic')) {
        await consumerPurges.acknowledge('cosmic', id, 'a test');
      }
      return await status();
    }, WITHIN)
    .toBeUndefined();
  const left = (await world.kafka.admin.topicNames()).filter((name) =>
    name.startsWith(`${world.prefix}consumer.`),
  );
  expect(left).toEqual([]);
  expect(await consumers(['drop', 'cosmic', '--execute', ...WHY])).toMatchObject({
    code: 0,
    out: expect.stringContaining('no authorizer') as string,
  });
  expect(await consumers(['status', 'cosmic'])).toMatchObject({ code: 1 });
}, 240_000);
