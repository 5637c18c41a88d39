/** The sum for PU: whether the raw topic says last what PU says, of everybody of whom the hub should have been told. */
import { mappingFilesOf } from '../../connectors/runtime/operations/mapping-files.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { decodeSourceMessage } from '../../connectors/runtime/raw-message.ts';
import type { PuIdentity, PuRecord } from '../population/pu-record.ts';
import { localTimestamp } from '../population/swedish-time.ts';
import { openDemoMaster } from './demo-master-client.ts';

export interface PuBalance {
  /** Records of PU of which the hub should have been told. */
  readonly expected: number;
  /** Of them: PU's own version is the last one on the raw topic. */
  readonly current: number;
  /** An older version, or none. */
  readonly behind: number;
  /** On the raw topic, and not in Master: kept as evidence, and not published. */
  readonly onlyInPu: number;
  /** In PU, and no business of ours: neither of the region nor known here. */
  readonly notAskedFor: number;
}

/** Whom the pulls are to find. */
export interface PuScope {
  readonly homeCounties: ReadonlySet<string>;
  readonly reserveRoots: ReadonlySet<string>;
  readonly askableRoots: ReadonlySet<string>;
  /** `root^extension` of everybody of whom the hub knows from Master. */
  readonly inMaster: ReadonlySet<string>;
}

export interface PuBalanceSources {
  /** PU's records as they are now. */
  readonly records: AsyncIterable<PuRecord>;
  /** `root^extension` to the version of the last raw record, in Swedish local time. */
  readonly lastVersions: ReadonlyMap<string, string>;
  readonly scope: PuScope;
}

/** Compares each record of PU with what was read of it. */
export async function balancePu(sources: PuBalanceSources): Promise<PuBalance> {
  const { records, lastVersions, scope } = sources;
  let expected = 0;
  let current = 0;
  let notAskedFor = 0;
  for await (const record of records) {
    const version = lastVersions.get(textOf(record.personalIdentity));
    if (version === undefined && !isInScope(record, scope)) {
      notAskedFor += 1;
      continue;
    }
    expected += 1;
    if (version === (record.version ?? version)) current += 1;
  }
  const onlyInPu = [...lastVersions.keys()].filter((text) => !scope.inMaster.has(text)).length;
  return { expected, current, behind: expected - current, onlyInPu, notAskedFor };
}

/** Residents of the region, reserve identities that it keeps in PU, and everybody whom Master knows (the four pulls). */
function isInScope(
  { personalIdentity, populationRegistrationLocality }: PuRecord,
  { homeCounties, reserveRoots, askableRoots, inMaster }: PuScope,
): boolean {
  const { root } = personalIdentity;
  if (homeCounties.has(populationRegistrationLocality?.countyCode ?? '')) return true;
  if (reserveRoots.has(root)) return true;
  return askableRoots.has(root) && inMaster.has(textOf(personalIdentity));
}

/** Reads what {@link balancePu} compares, apart from PU's own records. */
export async function readPuSources(
  operator: Pick<Operator, 'kafka' | 'topicName'>,
  databaseUrl: string,
): Promise<Omit<PuBalanceSources, 'records'>> {
  const { puMapping, region } = await mappingFilesOf();
  const scope: PuScope = {
    homeCounties: region.homeCounties,
    reserveRoots: new Set<string>(puMapping.pulls['reserve-identities'].roots),
    askableRoots: new Set<string>(puMapping.askableRoots),
    inMaster: await readInMaster(databaseUrl),
  };
  const lastVersions = new Map<string, string>();
  const topic = operator.topicName('source.pu.person.v1');
  for await (const { value } of operator.kafka.readTopic({ topic })) {
    const message = decodeSourceMessage(value);
    // Whom PU does not know is in none of its records.
    if (message === undefined || message.operation === 'unknown') continue;
    const { identityRoot, identity } = message.person;
    const moment = Number(message.position.version) * 1_000;
    lastVersions.set(`${identityRoot}^${identity}`, localTimestamp(moment));
  }
  return { scope, lastVersions };
}

/** From the store of the hub: Master's own types of identities become roots there. */
async function readInMaster(databaseUrl: string): Promise<ReadonlySet<string>> {
  await using store = await openDemoMaster(databaseUrl);
  const rows = await store.query<{ text: string }>(
    `select i.root || '^' || i.extension as text from identities i join evidence e using (identity_key)
      where e.source = 'master' and e.content is not null`,
  );
  return new Set(rows.map(({ text }) => text));
}

function textOf({ root, extension }: PuIdentity): string {
  return `${root}^${extension}`;
}
