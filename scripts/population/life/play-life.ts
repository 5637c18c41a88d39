/** The living population: changes of the truth at an even rate, which each register gets with its own delay. */
import { setTimeout as pause } from 'node:timers/promises';
import { SandboxControl } from '../../sandbox/control-client.ts';
import type { ControlLife } from '../../sandbox/control-types.ts';
import { masterRowsOf } from '../master-view.ts';
import type { Population } from '../population.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { SyntheticPerson } from '../synthetic-person.ts';
import { Courier } from './courier.ts';
import { now } from './fine-clock.ts';
import { LIFE_SHARES, type LifeCounts, type LifeKind, type LifeShares } from './life-kinds.ts';
import { LifeTruth } from './life-truth.ts';
import { type MasterCommit, type MasterUpdate, MasterWriter } from './master-writer.ts';
import { LifePlan } from './next-change.ts';
import { callPatiently, type Patience } from './patient-call.ts';
import type { MasterKey } from './row-changes.ts';

/** Somebody's rows in Master are other ones now. */
export interface CommittedChange {
  readonly kind: LifeKind;
  /** The identity whose person must get a new state. */
  readonly IdTyp: string;
  readonly PersonId: string;
  /** When its transaction began, in milliseconds since 1970 with fractions. */
  readonly begunAt: number;
  /** When its commit came back. */
  readonly committedAt: number;
  /**
   * False: a reader need not see a new state for it. The row is malformed, or only went, or the person is or was protected: then either
   * register's flag hides what the other one says.
   */
  readonly publishes: boolean;
  /** How many identities Master has more than before; fewer when negative. */
  readonly identitiesAdded: number;
}

/** From the change to the moment at which a register has it. */
export interface Delay {
  readonly leastMs: number;
  readonly mostMs: number;
}

export interface LifeDelays {
  readonly pu: Delay;
  readonly master: Delay;
}

/** In the time of a demo, in which a week is ten seconds. */
export const DEFAULT_DELAYS: LifeDelays = {
  pu: { leastMs: 0, mostMs: 2_000 },
  master: { leastMs: 1_000, mostMs: 10_000 },
};

export interface LifeOptions {
  readonly population: Population;
  /** Null: life goes on without Master. */
  readonly masterUrl: string | null;
  /** Control URL of a sandbox with this population, or null. */
  readonly controlUrl: string | null;
  readonly seed: number;
  readonly ratePerSecond: number;
  /** How long. `Infinity`: until the signal. */
  readonly seconds: number;
  readonly delays?: LifeDelays;
  readonly shares?: LifeShares;
  /** To go on from an earlier life of this process. Absent: from what the sandbox has kept, or from the beginning. */
  readonly truth?: LifeTruth;
  /** Ends it early; what is on its way is delivered at once. */
  readonly signal?: AbortSignal;
  /** Called when something has happened, before a register knows of it. */
  readonly onPlayed?: (kind: LifeKind) => void;
  /** Called after each commit in Master, in the order of the commits. */
  readonly onCommitted?: (change: CommittedChange) => void;
}

/** The hub sees two changes of a person that are so far apart, and not their sum. */
const GAP_MS = 3_000;
/** A commit takes some milliseconds, and a change is one to four commits. */
const CHANGES_PER_LANE = 20;
const MOST_LANES = 10;
const STREAM_OF_DELAYS = 0xde1a7;

interface MasterParcel {
  readonly kind: LifeKind;
  readonly persons: readonly (MasterUpdate & { readonly person: SyntheticPerson })[];
}

/**
 * Plays changes. Whatever has happened is in both registers when it returns, also after the signal.
 * @returns how many of each kind happened.
 */
export async function playLife(options: LifeOptions): Promise<LifeCounts> {
  const { ratePerSecond, seconds, seed, signal } = options;
  const delays = options.delays ?? DEFAULT_DELAYS;
  const truth = options.truth ?? (await openTruth(options));
  await using registers = await openRegisters(options, truth);
  const plan = new LifePlan({
    seed,
    truth,
    shares: options.shares ?? LIFE_SHARES,
    restMs: Math.max(delays.pu.mostMs, delays.master.mostMs) + GAP_MS,
  });
  const random = new SeededRandom(seed, STREAM_OF_DELAYS);
  const draw = ({ leastMs, mostMs }: Delay): number => random.between(leastMs, mostMs);
  const counts: Partial<Record<LifeKind, number>> = {};

  const stop = AbortSignal.any([registers.failed, ...(signal === undefined ? [] : [signal])]);
  const total = Math.round(ratePerSecond * seconds);
  const startedAt = now();
  for (let made = 0; made < total; made++) {
    const dueAt = startedAt + (made * 1000) / ratePerSecond;
    await pauseUntil(dueAt, stop);
    registers.failed.throwIfAborted();
    if (stop.aborted) break;
    // The moment that was planned and not the one that it is: so the same seed gives the same life, on a slow machine, too.
    const change = await plan.next(Math.floor(dueAt));
    if (change === undefined) continue;
    const { kind, persons } = change;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const indexes = persons.map(({ index }) => index);
    const delayMs = { pu: draw(delays.pu), master: draw(delays.master) };
    if (registers.pu !== undefined) {
      const records = [];
      for (const person of persons) records.push(...(await truth.puRecordsOf(person)));
      registers.pu.hand({ persons, records }, indexes, delayMs.pu);
    }
    registers.master?.hand(
      { kind, persons: persons.map((person) => updateOf(person, options.population)) },
      indexes,
      delayMs.master,
    );
    options.onPlayed?.(kind);
  }
  const couriers = [registers.pu, registers.master].filter((one) => one !== undefined);
  for (const courier of couriers) courier.finish();
  const hurry = (): void => {
    for (const courier of couriers) courier.hurry();
  };
  signal?.addEventListener('abort', hurry, { once: true });
  if (signal?.aborted) hurry();
  try {
    await Promise.all(couriers.map(({ ended }) => ended));
  } finally {
    signal?.removeEventListener('abort', hurry);
  }
  return counts;
}

/** The truth of this population, as an earlier life in the sandbox left it. */
async function openTruth(options: LifeOptions): Promise<LifeTruth> {
  const { population, controlUrl } = options;
  if (controlUrl === null) return new LifeTruth(population);
  const control = new SandboxControl(controlUrl);
  const patience = patienceOf(options);
  const { nextIndex } = await callPatiently(() => control.population(), patience);
  return new LifeTruth(population, {
    nextIndex,
    person: async (index) => await callPatiently(() => control.person(index), patience),
  });
}

function patienceOf({ signal }: LifeOptions): Patience {
  return signal === undefined ? {} : { signal };
}

interface Registers extends AsyncDisposable {
  readonly pu: Courier<ControlLife> | undefined;
  readonly master: Courier<MasterParcel> | undefined;
  /** Aborted when a register cannot be written to, with the reason. */
  readonly failed: AbortSignal;
}

async function openRegisters(options: LifeOptions, truth: LifeTruth): Promise<Registers> {
  await using opened = new AsyncDisposableStack();
  const { controlUrl, masterUrl, ratePerSecond } = options;
  const pu = controlUrl === null ? undefined : opened.use(openPu(controlUrl, patienceOf(options)));
  let master: Courier<MasterParcel> | undefined;
  if (masterUrl !== null) {
    const lanes = Math.min(MOST_LANES, Math.ceil(ratePerSecond / CHANGES_PER_LANE));
    const writer = opened.use(await MasterWriter.open(masterUrl, lanes));
    master = opened.use(
      new Courier<MasterParcel>({
        lanes,
        gapMs: GAP_MS,
        deliver: async (parcel) => await commit(writer, parcel, truth, options.onCommitted),
      }),
    );
  }
  const failing = new AbortController();
  for (const courier of [pu, master]) {
    courier?.ended.catch((reason: unknown) => failing.abort(reason));
  }
  const { signal: failed } = failing;
  const closing = opened.move();
  return { pu, master, failed, [Symbol.asyncDispose]: async () => await closing.disposeAsync() };
}

function openPu(controlUrl: string, patience: Patience): Courier<ControlLife> {
  const control = new SandboxControl(controlUrl);
  return new Courier({
    lanes: 1,
    // PU's versions have seconds: two changes of one person are two versions.
    gapMs: 1_000,
    deliver: async (life) => {
      await callPatiently(() => control.live(life), patience);
    },
  });
}

async function commit(
  writer: MasterWriter,
  { kind, persons }: MasterParcel,
  truth: LifeTruth,
  onCommitted: LifeOptions['onCommitted'],
): Promise<void> {
  for (const { person, ...update } of persons) {
    const done = await writer.write(update);
    if (done === undefined) continue;
    const { identitiesAdded, begunAt, committedAt } = done;
    const { IdTyp, PersonId } = done.identity ?? keyOf(person);
    const publishes = mustBeSeen(done, person, truth);
    onCommitted?.({ kind, IdTyp, PersonId, begunAt, committedAt, publishes, identitiesAdded });
  }
}

/** Whether a reader must see a new state of the person for this commit, whatever PU has said meanwhile. */
export function mustBeSeen(
  { identity, hasFault }: Pick<MasterCommit, 'identity' | 'hasFault'>,
  { index, isTestPerson }: SyntheticPerson,
  truth: Pick<LifeTruth, 'wasProtected'>,
): boolean {
  return identity !== null && !hasFault && !isTestPerson && !truth.wasProtected(index);
}

function updateOf(
  person: SyntheticPerson,
  population: Population,
): MasterParcel['persons'][number] {
  const rows = masterRowsOf(person, population);
  const keys = person.identities.map(({ masterType, extension }) => ({
    IdTyp: masterType,
    PersonId: extension,
  }));
  // A row that is malformed on purpose has another key than its identity.
  const spoilt = rows.filter(({ fault }) => fault !== null).map(({ person }) => person);
  return { person, rows, keys: [...keys, ...spoilt] };
}

function keyOf({ identities }: SyntheticPerson): MasterKey {
  const main = identities.at(-1);
  return { IdTyp: main?.masterType ?? '', PersonId: main?.extension ?? '' };
}

/** Waits until that moment or the signal, whichever comes first. */
async function pauseUntil(moment: number, signal: AbortSignal): Promise<void> {
  const milliseconds = moment - now();
  if (milliseconds <= 0) return;
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}
