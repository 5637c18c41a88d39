import type { PuProfile, PuQuery } from '../pu-client-port.ts';
import type { IdentitySelection } from '../pu-known-store.ts';
import type { PullConfig, PullName, PuSourceConfig } from '../pu-source-config.ts';

/** A part of a pull with a watermark of its own. */
export interface Shard {
  /** `pull/name`, the name in the checkpoint. */
  readonly key: string;
  readonly pull: PullName | 'first-load';
  /** A county, a municipality, a root, or a word. */
  readonly name: string;
  readonly profile: PuProfile;
  readonly overlapMs: number;
  readonly lateAfterMs: number;
  /** It is left out of a due run when it finished less than so long ago. */
  readonly notWithinMs: number;
  readonly asks: ShardQuestions;
}

export type ShardQuestions =
  /** One search. */
  | {
      readonly kind: 'search';
      /** Without a moment to ask since it asks for everybody; `moved-out` alone cannot. */
      readonly query: (since: number | null) => PuQuery | undefined;
    }
  /** Orders by file over the identities of each phase, lot after lot. */
  | { readonly kind: 'identities'; readonly phases: readonly IdentityPhase[] };

export interface IdentityPhase {
  readonly selection: IdentitySelection;
  /** True: only what changed since the watermark, so who is not in the answer has not changed. False: every identity must be answered. */
  readonly isSince: boolean;
}

/** Reads everyone whom Master knows. A shard like the others, so that it is resumed like them; its watermark tells that it is done. */
export function firstLoadShard(config: PuSourceConfig): Shard {
  return {
    key: FIRST_LOAD_KEY,
    pull: 'first-load',
    name: 'identities',
    profile: config.loadProfile,
    overlapMs: 0,
    lateAfterMs: Number.POSITIVE_INFINITY,
    notWithinMs: 0,
    asks: { kind: 'identities', phases: [{ selection: 'in-master', isSince: false }] },
  };
}

export const FIRST_LOAD_KEY = 'first-load/identities';

/** Asks now and then for everybody whom PU has told of. */
export const SWEEP_KEY = 'known-elsewhere/everyone';

/** All shards of the four pulls, in the order in which they are begun. */
export function pullShards(config: PuSourceConfig): readonly Shard[] {
  const { homeCounties, reserveRoots, pulls, sweepMs } = config;
  const shard = (
    pull: PullName,
    name: string,
    asks: ShardQuestions,
    settings: Partial<PullConfig & Pick<Shard, 'notWithinMs'>> = {},
  ): Shard => {
    const { profile, overlapMs, lateAfterMs } = { ...pulls[pull], ...settings };
    const notWithinMs = settings.notWithinMs ?? 0;
    return {
      key: `${pull}/${name}`,
      pull,
      name,
      profile,
      overlapMs,
      lateAfterMs,
      notWithinMs,
      asks,
    };
  };
  const residents = homeCounties.flatMap(({ code, municipalities }) => {
    const search = (municipality: string | null, onlyProtected: boolean): ShardQuestions => ({
      kind: 'search',
      query: (since) => ({
        kind: 'residents',
        counties: [code],
        municipality,
        onlyProtected,
        since,
      }),
    });
    if (municipalities === null) return [shard('own-region', code, search(null, false))];
    return [
      ...municipalities.map((place) => shard('own-region', place, search(place, false))),
      shard('own-region', `${code}${PROTECTED}`, search(null, true)),
    ];
  });
  // One each: a root that is added has no watermark, and so is asked about from the beginning.
  const reserve = reserveRoots.map((root) =>
    shard('reserve-identities', root, {
      kind: 'search',
      query: (since) => ({ kind: 'reserve-identities', roots: [root], since }),
    }),
  );
  const movedOut = homeCounties.map(({ code }) =>
    shard('moved-out', code, {
      kind: 'search',
      query: (since) =>
        since === null ? undefined : { kind: 'moved-out', counties: [code], since },
    }),
  );
  const sweepSettings = {
    notWithinMs: sweepMs,
    lateAfterMs: Math.max(sweepMs, pulls['known-elsewhere'].lateAfterMs),
  };
  const elsewhere = [
    shard('known-elsewhere', 'elsewhere', {
      kind: 'identities',
      phases: [
        { selection: 'elsewhere', isSince: true },
        { selection: 'unanswered', isSince: false },
      ],
    }),
    shard(
      'known-elsewhere',
      'everyone',
      { kind: 'identities', phases: [{ selection: 'everyone', isSince: true }] },
      sweepSettings,
    ),
  ];
  return [...residents, ...reserve, ...movedOut, ...elsewhere];
}

const PROTECTED = '-protected';

/** What the searches by home county find: every place that begins with a whole county, and the places by name. */
export interface CoveredPlaces {
  readonly wholeCounties: readonly string[];
  readonly places: readonly string[];
}

/** @returns what {@link placeOf} must give for a person to be found by `own-region`. */
export function coveredPlaces(homeCounties: PuSourceConfig['homeCounties']): CoveredPlaces {
  return {
    wholeCounties: homeCounties.filter((c) => c.municipalities === null).map(({ code }) => code),
    places: homeCounties.flatMap(({ code, municipalities }) =>
      municipalities === null ? [] : [...municipalities, `${code}${PROTECTED}`],
    ),
  };
}

/**
 * Where a search by place finds the person: `0380`, or `03-protected` for a protected person, or `03` when PU states a county alone. Null: by no
 * such search. Restricted contracts show no municipality of a protected person, and their searches do not see it either (TKB 5.1 ch. 6.3).
 */
export function placeOf(person: Readonly<Record<string, string | null>>): string | null {
  const county = (person['countyCode'] ?? '').trim();
  if (!/^\d{1,2}$/.test(county)) return null;
  const code = county.padStart(2, '0');
  const isProtected =
    person['protectedPerson'] === '1' || person['protectedPopulationRecord'] === '1';
  if (isProtected) return `${code}${PROTECTED}`;
  const municipality = (person['municipalityCode'] ?? '').trim();
  if (/^\d{1,2}$/.test(municipality)) return `${code}${municipality.padStart(2, '0')}`;
  return /^\d{4}$/.test(municipality) && municipality.startsWith(code) ? municipality : code;
}
