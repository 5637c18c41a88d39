import type { AuthorityTable } from '../../core/golden-record/authority.ts';
import { deriveGolden } from '../../core/golden-record/derive-golden.ts';
import { formClusters, type Member } from '../../core/identity/form-clusters.ts';
import type { StatedLink } from '../../core/mapping/person-evidence.ts';
import {
  type ContentHash,
  type Identity,
  type IdentityKey,
  OID_PNR,
} from '../../core/person/person-identifier.ts';
import { type BenchResult, percentile } from './bench-result.ts';
import { evidenceOf, identityOf } from './bench-store-persons.ts';

/** The largest is as large as a cluster gets in the tests of the hub. */
const SIZES = [1, 2, 10, 50] as const;
const IDENTITIES = 10_000;
const ROUNDS = 7;
const NO_HASH = '' as ContentHash;
/** An official test number. */
const PERSON: Identity = { root: OID_PNR, extension: '189001019802' };
const NOBODY: ReadonlySet<string> = new Set();

/** Which of a cluster's records name which others. */
type Linking = 'star' | 'mesh';

/**
 * Forms clusters and makes the golden records of them: a personnummer and local numbers, which PU links. The figure is how many times as long an
 * identity takes in a cluster of 50 as in one of 10: 1 is linear, 5 would be quadratic.
 */
export function benchGoldenClusters(authority: AuthorityTable): BenchResult<'golden-clusters'> {
  const rates = new Map(SIZES.map((size) => [size, rateOf(size, 'star', authority)]));
  const mesh = rateOf(50, 'mesh', authority);
  const ratio = (rates.get(10) ?? Number.NaN) / (rates.get(50) ?? Number.NaN);
  const each = [...rates].map(([size, rate]) => `of ${size}: ${Math.round(rate)}`).join(', ');
  return {
    name: 'golden-clusters',
    value: Math.round(ratio * 100) / 100,
    unit: 'times the work',
    settings:
      `by processor time of one core, for each identity in a cluster of 50 against one of 10, clusters formed and made golden in step-1; identities/s in clusters ${each}; ` +
      `of 50 where each record names all others (2 450 links for 98): ${Math.round(mesh)}; median of ${ROUNDS} rounds`,
  };
}

/** Identities a second. */
function rateOf(size: number, linking: Linking, authority: AuthorityTable): number {
  const members = membersOf(size, linking);
  const rules = { authority, dropsTestPersons: true };
  const times = Math.ceil(IDENTITIES / size);
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const start = process.cpuUsage();
    for (let i = 0; i < times; i++) {
      const { clusters } = formClusters(members, []);
      const [cluster] = clusters;
      if (cluster === undefined || clusters.length > 1) {
        throw new Error(`Of ${size} linked identities ${clusters.length} clusters were formed.`);
      }
      const input = { ...cluster, decisions: [], hiddenRelatives: NOBODY };
      const { golden } = deriveGolden(input, rules, 'step-1');
      if (golden?.identities.length !== size) throw new Error('A golden record lacks identities.');
    }
    const { user, system } = process.cpuUsage(start);
    return (times * size * 1e6) / (user + system);
  });
  // The first round only warms up.
  return percentile(
    rounds.slice(1).toSorted((a, b) => a - b),
    0.5,
  );
}

function membersOf(size: number, linking: Linking): readonly Member[] {
  const identities = [PERSON, ...Array.from({ length: size - 1 }, (_, i) => identityOf(i))];
  return identities.map((identity, i) => {
    const others = identities.filter((other) => other !== identity);
    const named = linking === 'mesh' || identity === PERSON ? others : [PERSON];
    const links = named.map((other): StatedLink => {
      return { kind: 'linked', identity: other, primary: other === PERSON };
    });
    return {
      identity,
      identityKey: `bench-${String(i).padStart(2, '0')}` as IdentityKey,
      firstSeen: i,
      evidence: [
        {
          source: 'pu',
          position: { epoch: 1, version: 1n },
          content: { ...evidenceOf(identity, 1), links },
          contentHash: NO_HASH,
        },
      ],
    };
  });
}
