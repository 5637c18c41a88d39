import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase } from '../../connectors/hub-store/knex-client.ts';
import { migrateHubStore } from '../../connectors/hub-store/migrations.ts';
import { mappingFilesOf } from '../../connectors/runtime/operations/mapping-files.ts';
import type { BenchResult } from './bench-result.ts';
import { fillBothRegisters } from './fill-both-registers.ts';
import { openBenchStore, withOwnDatabase } from './own-database.ts';
import type { Switching } from './switch-phase.ts';

const PERSONS = 1_000_000;
const SWITCHER = fileURLToPath(new URL('switch-phase.ts', import.meta.url));
/** Of the process that fills. */
const CONNECTIONS = 3;

/**
 * The switch of the phase from shadow to step-1: a store of people whom both registers know, and a process that does nothing else derives
 * everybody again, until the walk is done.
 */
export async function benchPhaseSwitch(
  serverUrl: string,
  report: (line: string) => void,
  persons = PERSONS,
): Promise<BenchResult<'phase-switch-1m'>> {
  return await withOwnDatabase(serverUrl, async (databaseUrl) => {
    await fill(databaseUrl, persons, report);
    report('phase-switch: switching to step-1');
    const found = await switchInOwnProcess(databaseUrl);
    const each = (milliseconds: number) => Math.round((milliseconds / found.persons) * 1_000);
    return {
      name: 'phase-switch-1m',
      value: Math.round((found.persons / found.wallMs) * 1_000),
      unit: 'persons/s',
      settings:
        `${persons} people whom both registers know, stored by the main path; shadow to step-1 by one instance that does nothing else, nothing published meanwhile, fsync=on, ` +
        `synchronous_commit=on: ${found.persons} persons looked at, ${found.changed} new versions, ${found.vanished} no more published; each ${each(found.cpuMs)} µs of Node; ` +
        `peak resident set ${Math.round(found.peakMegabytes)} MB`,
    };
  });
}

async function fill(
  databaseUrl: string,
  persons: number,
  report: (line: string) => void,
): Promise<void> {
  await migrateHubStore(databaseUrl);
  await using store = openBenchStore(databaseUrl, CONNECTIONS);
  await fillBothRegisters(store.persons, await mappingFilesOf(), persons, report);
  // In a store that was not filled a moment ago the statistics are there.
  await using database = openDatabase({
    url: databaseUrl,
    applicationName: 'hub-bench',
    poolSize: 1,
  });
  await database.script('ANALYZE');
}

async function switchInOwnProcess(databaseUrl: string): Promise<Switching> {
  const { stdout } = await promisify(execFile)(process.execPath, [SWITCHER, databaseUrl]);
  return JSON.parse(stdout) as Switching;
}
