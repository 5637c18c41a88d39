/** fastavro, a decoder of Avro in Python, installed by pip into a folder of the test's own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSION = '1.12.1';

/** A record as fastavro read it. */
export interface ForeignRecord {
  readonly name: string;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface FastAvro extends Disposable {
  /** Decodes values in the Confluent wire format; the schemas are asked of the registry, over HTTP. */
  decode(values: readonly Buffer[]): readonly ForeignRecord[];
}

/** What is missing to install it; undefined: nothing. */
export function lackOfFastAvro(): string | undefined {
  const run = spawnSync('python3', ['-c', 'import venv, ensurepip']);
  return run.status === 0 ? undefined : 'needs python3 with venv and pip';
}

/** Call it only when nothing is missing. @throws when pip does not get the package. */
export function openFastAvro(registryUrl: string): FastAvro {
  const folder = mkdtempSync(join(tmpdir(), 'fastavro-'));
  const python = join(folder, 'bin', 'python');
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    run('python3', ['-m', 'venv', folder]);
    run(python, ['-m', 'pip', 'install', '-q', `fastavro==${VERSION}`]);
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    decode: (values) => {
      const lines = values.map((value) => `${value.toString('base64')}\n`).join('');
      const script = join(import.meta.dirname, 'decode-avro.py');
      const printed = run(python, [script, registryUrl], lines);
      return printed
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as ForeignRecord);
    },
    [Symbol.dispose]: dispose,
  };
}

function run(command: string, args: readonly string[], input = ''): string {
  const ended = spawnSync(command, args, { encoding: 'utf8', input });
  if (ended.status !== 0) throw new Error(`${command} failed.\n${ended.stderr}`);
  return ended.stdout;
}
