/** The sum of the switch: everybody about whom PU decides now is published as PU has them. */
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { OID_PNR, OID_SNR } from '../../core/person/person-identifier.ts';
import type { PuIdentity, PuRecord } from '../population/pu-record.ts';

export interface PublishedBalance {
  /** Records of PU that the hub knows, of the kinds of number about which PU decides in step-1. */
  readonly known: number;
  /** Published with PU's name and residential address. */
  readonly asInPu: number;
  /** Published as protected: without an address. */
  readonly protectedPersons: number;
  /** The person is known by another number, whose record decides. */
  readonly aliases: number;
  /** Published with something else than PU has. */
  readonly different: number;
  /** Not published. */
  readonly missing: number;
}

/** A number as consumers find it. */
export interface PublishedIdentity {
  readonly isMain: boolean;
  /** Name and residential address of the person, in one text; null: protected. */
  readonly content: string | null;
}

export interface PublishedBalanceSources {
  /** PU's records as they are now. */
  readonly records: AsyncIterable<PuRecord>;
  /** Whether the hub was told of this number (`root^extension`). */
  isKnown(identity: string): boolean;
  /** What the topic says of it; undefined: nothing. */
  find(identity: string): PublishedIdentity | undefined;
}

/** Compares each record of PU with what is published of the person. */
export async function balancePublished(
  sources: PublishedBalanceSources,
): Promise<PublishedBalance> {
  const counts = { asInPu: 0, protectedPersons: 0, aliases: 0, different: 0, missing: 0 };
  let known = 0;
  for await (const record of sources.records) {
    const { root } = record.personalIdentity;
    const identity = textOf(record.personalIdentity);
    if ((root !== OID_PNR && root !== OID_SNR) || !sources.isKnown(identity)) continue;
    known += 1;
    counts[whatBecameOf(record, sources.find(identity))] += 1;
  }
  return { known, ...counts };
}

function whatBecameOf(
  record: PuRecord,
  published: PublishedIdentity | undefined,
): Exclude<keyof PublishedBalance, 'known'> {
  if (published === undefined) return 'missing';
  if (published.content === null) return 'protectedPersons';
  if (!published.isMain) return 'aliases';
  return published.content === contentInPu(record) ? 'asInPu' : 'different';
}

/** As PU's schema has it: what is not there is absent, and 0 stands for no postal code. */
function contentInPu({ name = {}, addressInformation }: PuRecord): string {
  const address = addressInformation?.residentialAddress;
  const lines = [address?.postalAddress1, address?.postalAddress2].filter(
    (line) => line !== undefined,
  );
  const postalCode = address?.postalCode ? String(address.postalCode) : null;
  return contentOf(name, address && { ...address, lines, postalCode });
}

/** The records are of the hub's own schemas; only what the demo looks at is named here. */
export interface PersonRecord {
  readonly personKey: string;
  readonly identities: readonly (PuIdentity & { readonly main: boolean })[];
  readonly name: Name;
  /** Not in the schema of protected persons. */
  readonly addresses?: readonly (Address & { readonly kind: string })[];
}

interface Name {
  readonly givenName?: string | null;
  readonly middleName?: string | null;
  readonly surname?: string | null;
}

interface Address {
  readonly careOf?: string | null;
  readonly lines: readonly string[];
  readonly postalCode: string | null;
  readonly city?: string | null;
}

function contentOf({ givenName, middleName, surname }: Name, address: Address | undefined): string {
  const nameParts = [givenName, middleName, surname];
  const addressParts = address && [address.careOf, address.postalCode, address.city];
  // JSON has null for both, absent and null.
  return JSON.stringify([nameParts, addressParts ?? [], address?.lines ?? []]);
}

/** What a person of the topic is found by: each number. */
export function publishedIdentitiesOf({
  identities,
  name,
  addresses,
}: PersonRecord): readonly (readonly [identity: string, PublishedIdentity])[] {
  const residential = addresses?.find(({ kind }) => kind === 'RESIDENTIAL');
  const content = addresses === undefined ? null : contentOf(name, residential);
  return identities.map((identity) => [textOf(identity), { isMain: identity.main, content }]);
}

/** Reads `person.state.v1` to its end, as a consumer would that comes now. */
export async function readPublished({
  recordPorts: { readTopic, decodeAvro },
  topicName,
}: Pick<Operator, 'recordPorts' | 'topicName'>): Promise<ReadonlyMap<string, PublishedIdentity>> {
  const values = new Map<string, Buffer | null>();
  for await (const { key, value } of readTopic({ topic: topicName('person.state.v1') })) {
    values.set(String(key), value);
  }
  const found = new Map<string, PublishedIdentity>();
  for (const value of values.values()) {
    if (value === null) continue;
    const record = (await decodeAvro(value)) as PersonRecord | { readonly redirectTo: string };
    if ('redirectTo' in record) continue;
    for (const [identity, published] of publishedIdentitiesOf(record)) {
      found.set(identity, published);
    }
  }
  return found;
}

function textOf({ root, extension }: PuIdentity): string {
  return `${root}^${extension}`;
}
