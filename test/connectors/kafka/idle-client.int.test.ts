import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { testEnvironment } from '../../support/env.ts';
import type { IdleFigures } from '../../support/kafka-idle-process.ts';
import { makeTestTopic } from '../../support/kafka-topic.ts';

const run = promisify(execFile);
const program = join(import.meta.dirname, '../../support/kafka-idle-process.ts');

async function idle(mode: 'plain' | 'guarded'): Promise<IdleFigures> {
  await using test = await makeTestTopic();
  const [broker = ''] = testEnvironment().kafkaBrokers;
  const { stdout } = await run(process.execPath, [program, mode, broker, test.topic]);
  return JSON.parse(stdout) as IdleFigures;
}

it('an idle producer and consumer set some timers a second, not thousands (kafkajs#1751)', async () => {
  const guarded = await idle('guarded');
  const plain = await idle('plain');
  expect(guarded.timers).toBeLessThan(100);
  expect(plain.timers).toBeGreaterThan(1_000); // What the guard is for; when this fails, the library is mended.
});
