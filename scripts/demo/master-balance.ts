/** The sum for Master: every identity of it is published, in some person, or parked. */
import type { HubConfig } from '../../connectors/config/hub-config.ts';
import { identityHashKey } from '../../connectors/runtime/open-parts.ts';
import { mappingFilesOf } from '../../connectors/runtime/operations/mapping-files.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { createIdentityHasher } from '../../connectors/runtime/raw-message.ts';
import { openDemoMaster } from './demo-master-client.ts';

export interface MasterBalance {
  /** What was loaded and what life has added. */
  readonly inMaster: number;
  /** One of the numbers of a person on the topic. */
  readonly published: number;
  /** Not published, since the record is parked. */
  readonly parked: number;
  /** Neither. */
  readonly missing: number;
}

/** The key of a row of dbo.Befolkning. */
export interface MasterIdentity {
  readonly IdTyp: string;
  readonly PersonId: string;
}

export interface MasterBalanceSources {
  /** How many identities Master should have. */
  readonly inMaster: number;
  /** Those that it has. */
  readonly identities: AsyncIterable<MasterIdentity>;
  isPublished(identity: MasterIdentity): boolean;
  isParked(identity: MasterIdentity): boolean;
}

/** Looks for each identity of Master among what a reader has seen, and among what is parked. */
export async function balanceMaster(sources: MasterBalanceSources): Promise<MasterBalance> {
  const { inMaster, identities } = sources;
  let published = 0;
  let parked = 0;
  for await (const identity of identities) {
    if (sources.isPublished(identity)) published += 1;
    else if (sources.isParked(identity)) parked += 1;
  }
  return { inMaster, published, parked, missing: inMaster - published - parked };
}

const PAGE_ROWS = 10_000;

/** All identities of Master, a page at a time. */
export async function* readMasterIdentities(masterUrl: string): AsyncIterable<MasterIdentity> {
  await using master = await openDemoMaster(masterUrl);
  let last: MasterIdentity = { IdTyp: '', PersonId: '' };
  for (;;) {
    const page = await master.query<MasterIdentity>(
      `select "IdTyp", "PersonId" from dbo."Befolkning" where ("IdTyp", "PersonId") > ($1, $2)
        order by "IdTyp", "PersonId" limit ${PAGE_ROWS}`,
      [last.IdTyp, last.PersonId],
    );
    yield* page;
    const end = page.at(-1);
    if (end === undefined) return;
    last = end;
  }
}

/** @returns whether a record of Master about this identity is parked now. */
export async function readParked(
  { store }: Pick<Operator, 'store'>,
  config: HubConfig,
): Promise<(identity: MasterIdentity) => boolean> {
  const { key } = (await mappingFilesOf()).masterMapping.person;
  const hash = createIdentityHasher(identityHashKey(config), key);
  const [typeField = '', numberField = ''] = key;
  const parked = new Set<string>();
  for (let afterId = 0n; ; ) {
    const page = await store.parked.list(afterId, PAGE_ROWS);
    for (const { identityHash } of page) parked.add(identityHash);
    const end = page.at(-1);
    if (end === undefined) break;
    afterId = end.id;
  }
  return ({ IdTyp, PersonId }) =>
    parked.has(hash({ source: 'master', person: { [typeField]: IdTyp, [numberField]: PersonId } }));
}
