import { setTimeout as pause } from 'node:timers/promises';
import { checkPersonalNumber } from '../../core/person/personnummer.ts';
import { type DemoMasterClient, openDemoMaster } from './demo-master-client.ts';
import {
  type ChangeKind,
  LiveChangePlan,
  type PlannedChange,
  type Subject,
} from './live-change-plan.ts';
import { commitChange } from './live-change-statements.ts';
import { NEWCOMER_YEARS } from './synthetic-identifiers.ts';
import type { Municipalities } from './synthetic-places.ts';

/** A change that is in Master now. */
export interface CommittedChange {
  readonly kind: ChangeKind;
  readonly IdTyp: 'PNR';
  readonly PersonId: string;
  /** When its transaction began, in milliseconds since 1970 with fractions. */
  readonly begunAt: number;
  /** When its commit came back. */
  readonly committedAt: number;
  /** False: the hub publishes nothing for it, since the row is malformed, or is again what it was. */
  readonly publishes: boolean;
}

export type ChangeCounts = Readonly<Partial<Record<ChangeKind, number>>>;

export interface LiveChangesOptions {
  readonly masterUrl: string;
  readonly municipalities: Municipalities;
  readonly seed: number;
  readonly changesPerSecond: number;
  /** How long. `Infinity`: until the signal. */
  readonly seconds: number;
  /** Called after each commit, in the order of the commits. */
  readonly onCommitted?: (change: CommittedChange) => void;
  /** Ends the run early; what was made malformed is corrected all the same. */
  readonly signal?: AbortSignal;
}

/** So many people take part at most. */
const SUBJECTS = 4000;
/** So long the hub has to see a change of a person before the next one comes. */
const REST_SECONDS = 3;
/** A commit takes some milliseconds: one connection does so many changes a second with ease. */
const CHANGES_PER_CONNECTION = 40;

/**
 * Plays a life of changes against the demo Master, each change one transaction, at an even rate, and at the end corrects what it
 * made malformed. @returns how many of each kind.
 */
export async function playLiveChanges(options: LiveChangesOptions): Promise<ChangeCounts> {
  const { changesPerSecond, seconds, signal, onCommitted } = options;
  await using connections = new AsyncDisposableStack();
  const lanes: DemoMasterClient[] = [];
  for (let i = 0; i < Math.ceil(changesPerSecond / CHANGES_PER_CONNECTION); i++) {
    lanes.push(connections.use(await openDemoMaster(options.masterUrl)));
  }
  const [first] = lanes;
  if (first === undefined) return {};

  const plan = new LiveChangePlan({
    seed: options.seed,
    municipalities: options.municipalities,
    subjects: await readSubjects(first, options.seed),
    newcomersBefore: await countNewcomers(first),
    rest: Math.max(lanes.length, Math.ceil(changesPerSecond * REST_SECONDS)),
  });
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const counts: Partial<Record<ChangeKind, number>> = {};
  const commit = async (lane: DemoMasterClient, change: PlannedChange) => {
    const begunAt = now();
    await commitChange(lane, change, today);
    const committedAt = now();
    const { kind, PersonId } = change;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const publishes = kind !== 'made-malformed' && kind !== 'corrected';
    onCommitted?.({ kind, IdTyp: 'PNR', PersonId, begunAt, committedAt, publishes });
  };

  const total = Math.round(changesPerSecond * seconds);
  const startedAt = performance.now();
  const busy: Promise<void>[] = lanes.map(() => Promise.resolve());
  for (let made = 0; made < total && !signal?.aborted; made++) {
    const dueIn = startedAt + (made * 1000) / changesPerSecond - performance.now();
    if (dueIn > 0 && !(await waited(dueIn, signal))) break;
    // A lane does one change at a time, and nobody runs ahead of a slow one.
    const lane = made % lanes.length;
    await busy[lane];
    const client = lanes[lane] ?? first;
    const running = commit(client, plan.next());
    // Its failure is met at the next await of this lane; until then it must not count as unhandled.
    running.catch(() => undefined);
    busy[lane] = running;
  }
  await Promise.all(busy);
  for (const correction of plan.corrections()) await commit(first, correction);
  return counts;
}

/** Milliseconds since 1970, finer and steadier than `Date.now()`. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** @returns false when the signal came first. */
async function waited(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await pause(milliseconds, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}

/** Ordinary people, by chance but by the same chance each time: living, not protected, nothing wrong with the row. */
async function readSubjects(client: DemoMasterClient, seed: number): Promise<readonly Subject[]> {
  const rows = await client.query<Subject>(
    `select b."PersonId", b."Lan" || right(trim(b."Kommun"), 2) as "municipality", b."Efternamn" as "surname",
            b."Civilstand" as "civilStatus", a."Rad2" as "street",
            case when k."Varde" is null then null
                 else json_build_object('Varde', k."Varde", 'Samtycke', k."Samtycke") end as "mobile"
       from dbo."Befolkning" b
       left join dbo."Adress" a using ("IdTyp", "PersonId")
       left join dbo."Kontakt" k on k."IdTyp" = b."IdTyp" and k."PersonId" = b."PersonId" and k."Kanal" = 'MO' and k."Lopnr" = 1
      where b."IdTyp" = 'PNR' and b."AvregOrsak" is null and not b."Sekretess" and not b."SkyddadFolkbokforing"
        and not b."Testperson" and a."AdressTyp" = 'FB' and ${PROPER}
      order by md5(b."PersonId" || $1::text) limit ${SUBJECTS}`,
    [seed],
  );
  return rows.filter((row) => checkPersonalNumber(row.PersonId) === 'PNR');
}

/** Leaves out rows that were made malformed on purpose; a wrong check digit is looked for after. */
const PROPER = `b."Kon" in ('M', 'K') and b."Civilstand" <> 'ZZ' and trim(b."Kommun") <> '99' and b."Efternamn" !~ 'Ã'
  and b."Fodelsedatum" = left(b."PersonId", 8)`;

async function countNewcomers(client: DemoMasterClient): Promise<number> {
  const [row] = await client.query<{ newcomers: number }>(
    `select count(*)::int as newcomers from dbo."Befolkning" where "IdTyp" = 'PNR' and "PersonId" >= $1 and "PersonId" < $2`,
    [String(NEWCOMER_YEARS.first), String(NEWCOMER_YEARS.last + 1)],
  );
  return row?.newcomers ?? 0;
}
