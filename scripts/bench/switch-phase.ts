/** Switches the store at an address to step-1 and derives everybody, as a process of its own, and prints what that took. Started by `bench-phase-switch.ts`. */
import { mappingFilesOf } from '../../connectors/runtime/operations/mapping-files.ts';
import { decideRules } from '../../connectors/runtime/process-rules.ts';
import { stepDerivation } from '../../core/sync/rederive.ts';
import { openBenchStore } from './own-database.ts';

/** What one switch took. */
export interface Switching {
  readonly persons: number;
  readonly changed: number;
  readonly vanished: number;
  readonly wallMs: number;
  /** Of this process, all its threads. */
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

const OPTIONS = {
  // As it is set by default.
  pageIdentities: 1_000,
  // Nothing stops it.
  maxVanishingShare: 1,
  leastVanishing: 0,
};

const [databaseUrl = ''] = process.argv.slice(2);
await using store = openBenchStore(databaseUrl, 2);
const rules = decideRules(await mappingFilesOf(), 'demo');
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
await store.phases.switchTo('step-1', 1n, new Date().toISOString());
for (;;) {
  const step = await stepDerivation(store.persons, rules, OPTIONS);
  if (step.kind !== 'page') throw new Error(`The walk ended early: ${step.kind}.`);
  const { state, persons, changed, vanished } = step.derivation;
  if (state !== 'done') continue;
  const { user, system } = process.cpuUsage(cpuBefore);
  console.log(
    JSON.stringify({
      persons,
      changed,
      vanished,
      wallMs: performance.now() - startedAt,
      cpuMs: (user + system) / 1_000,
      peakMegabytes: process.resourceUsage().maxRSS / 1_024,
    } satisfies Switching),
  );
  break;
}
