import fc from 'fast-check';
import { PHASES, type Phase } from '../../core/golden-record/authority.ts';
import type { StatedLink } from '../../core/mapping/person-evidence.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { MODEL_IDENTITIES } from './model-identities.ts';
import type { RecordChange } from './register-record.ts';
import { storiesAmong } from './stories.ts';

/** How a register says that two numbers are one person. `main`: PU's own link, which names the other as the main one. */
export type LinkWay = 'linked' | 'main' | 'referred' | 'ended';

/** Something that happens, as data: a failing sequence can be read, made shorter, and run again. */
export type Step =
  /** A new person or a change. `skew`: seconds that PU's time of the change is off the clock. */
  | {
      readonly kind: 'say';
      readonly source: SourceName;
      readonly who: number;
      readonly change: RecordChange;
      readonly skew: number;
    }
  /** `back`: what the other record says of it, in the same second; null: nothing. */
  | {
      readonly kind: 'link';
      readonly source: SourceName;
      readonly who: number;
      readonly other: number;
      readonly way: LinkWay;
      readonly back: LinkWay | null;
    }
  | {
      readonly kind: 'unlink';
      readonly source: SourceName;
      readonly who: number;
      readonly other: number;
    }
  /** The number is replaced by another one (GN), and each record refers to the other. */
  | {
      readonly kind: 'renumber';
      readonly source: SourceName;
      readonly who: number;
      readonly other: number;
    }
  /** A flag of protection is taken away, and set again a second later. */
  | { readonly kind: 'reflag'; readonly source: SourceName; readonly who: number }
  | { readonly kind: 'remove'; readonly who: number }
  | { readonly kind: 'unknown'; readonly who: number }
  /** An old record comes again. */
  | { readonly kind: 'again'; readonly source: SourceName; readonly place: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  /** So many records become a batch, of which `overlap` were done before. */
  | {
      readonly kind: 'deliver';
      readonly source: SourceName;
      readonly count: number;
      readonly overlap: number;
      readonly crash: number | null;
    }
  /** Two instances do the next batch of each register, beside a walk, follow-ups and, not null, a switch of the phase, all at once. */
  | { readonly kind: 'race'; readonly count: number; readonly phase: Phase | null }
  /** A topic is read from its beginning again. */
  | { readonly kind: 'rewind'; readonly source: SourceName }
  | { readonly kind: 'phase'; readonly phase: Phase }
  | { readonly kind: 'rebuild' }
  /** A page of a walk through everybody. */
  | { readonly kind: 'walk'; readonly size: number; readonly crash: number | null }
  | { readonly kind: 'follow'; readonly crash: number | null }
  /** Somebody decides about one of the open work items. */
  | {
      readonly kind: 'decide';
      readonly item: number;
      readonly choice: number;
      readonly crash: number | null;
    }
  /** The consumer of the compacted topic gets what is new. `size`: how many keys before it stands still. */
  | { readonly kind: 'publish'; readonly size: number };

const source = fc.constantFrom<SourceName>('master', 'pu');
/** The store call before which the process dies; most often none. */
const crash = fc.option(fc.nat({ max: 12 }), { freq: 3 });
const small = fc.nat({ max: 3 });

function changeOf(who: fc.Arbitrary<number>): fc.Arbitrary<RecordChange> {
  return fc.record(
    {
      name: small,
      birth: small,
      place: small,
      flags: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
      deregistration: fc.nat({ max: 6 }),
      contact: small,
      paper: fc.nat({ max: 1 }),
      relative: fc.option(fc.record({ who, kind: small }), { freq: 3 }),
      testPerson: fc.boolean(),
    },
    { requiredKeys: [] },
  );
}
const protect: fc.Arbitrary<RecordChange> = fc.record({ flags: fc.constantFrom(0, 0, 0, 1, 2) });

/** PU alone states relations. */
function relatedTo(who: fc.Arbitrary<number>): fc.Arbitrary<RecordChange> {
  return fc.record({ relative: fc.record({ who, kind: small }) });
}

/** What can happen among these people. @param races how often instances are at work at once; a batch comes nine times. */
function stepAmong(who: fc.Arbitrary<number>, races: number): fc.Arbitrary<Step> {
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('say' as const),
        source,
        who,
        change: changeOf(who),
        skew: fc.integer({ min: -2, max: 1 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('say' as const),
        source,
        who,
        change: protect,
        skew: fc.integer({ min: -2, max: 1 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('say' as const),
        source: fc.constant<SourceName>('pu'),
        who,
        change: relatedTo(who),
        skew: fc.constant(0),
      }),
    },
    {
      weight: 7,
      arbitrary: fc.record({
        kind: fc.constant('link' as const),
        source,
        who,
        other: who,
        way: fc.constantFrom<LinkWay>('linked', 'linked', 'main', 'referred', 'referred', 'ended'),
        back: fc.option(
          fc.constantFrom<LinkWay>('linked', 'referred', 'referred', 'ended', 'main'),
          {
            freq: 1,
          },
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('unlink' as const), source, who, other: who }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('renumber' as const), source, who, other: who }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('reflag' as const), source, who }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), who }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unknown' as const), who }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('again' as const), source, place: fc.nat() }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        seconds: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 9,
      arbitrary: fc.record({
        kind: fc.constant('deliver' as const),
        source,
        count: fc.integer({ min: 1, max: 6 }),
        overlap: fc.nat({ max: 3 }),
        crash,
      }),
    },
    {
      weight: races,
      arbitrary: fc.record({
        kind: fc.constant('race' as const),
        count: fc.integer({ min: 1, max: 4 }),
        phase: fc.option(fc.constantFrom<Phase>(...PHASES), { freq: 5 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rewind' as const), source }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('phase' as const),
        phase: fc.constantFrom<Phase>(...PHASES),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('walk' as const),
        size: fc.integer({ min: 1, max: 4 }),
        crash,
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('follow' as const), crash }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('decide' as const),
        item: fc.nat({ max: 7 }),
        choice: fc.nat({ max: 4 }),
        crash,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('publish' as const),
        size: fc.integer({ min: 1, max: 8 }),
      }),
    },
  );
}

/** A life of a small world, and whether the hub is one of production, which tells nobody of test persons. */
export interface Life {
  /** The phase in which it begins. */
  readonly phase: Phase;
  readonly dropsTestPersons: boolean;
  readonly steps: readonly Step[];
  /** After everything was settled: without a walk through everybody, which would mend whatever a step forgets. */
  readonly afterwards: readonly Step[];
}

/** @param most how much happens at most: steps, and stories of several. */
export function lives(most: number, races = 2): fc.Arbitrary<Life> {
  const everybody = MODEL_IDENTITIES.map((_, index) => index);
  return fc.subarray(everybody, { minLength: 2 }).chain((people) => {
    const who = fc.constantFrom(...people);
    const happening = fc.oneof(
      { weight: 20, arbitrary: stepAmong(who, races).map((step): readonly Step[] => [step]) },
      { weight: 1, arbitrary: storiesAmong(who) },
    );
    const several = (one: typeof happening, max: number): fc.Arbitrary<readonly Step[]> =>
      fc.array(one, { maxLength: max, size: 'max' }).map((all) => all.flat());
    return fc.record({
      phase: fc.constantFrom<Phase>(...PHASES),
      dropsTestPersons: fc.boolean(),
      steps: several(happening, most),
      afterwards: several(
        happening.filter((steps) => !steps.some(isWalk)),
        Math.ceil(most / 2),
      ),
    });
  });
}

function isWalk(step: Step): boolean {
  return ['phase', 'rebuild'].includes(step.kind) || (step.kind === 'race' && step.phase !== null);
}

/** The link that a record states about the other. */
export function statedLink(way: LinkWay, identity: StatedLink['identity']): StatedLink {
  return way === 'main' ? { kind: 'linked', identity, primary: true } : { kind: way, identity };
}
