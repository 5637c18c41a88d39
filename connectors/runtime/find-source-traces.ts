import type { MappingResult } from '../../core/mapping/mapping-result.ts';
import {
  type Identity,
  type IdentityHash,
  identityText,
} from '../../core/person/person-identifier.ts';
import type { NamedPerson, SourceTraces } from '../../core/sync/erasure-ports.ts';
import type { SourceMessage, SourceName, SourceRow } from '../../core/sync/source-record.ts';
import type { HubConfig } from '../config/hub-config.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { MappingFiles } from '../mapping-files/load-mapping-files.ts';
import { identityHashKey } from './open-parts.ts';
import { processRules } from './process-rules.ts';
import { PU_KEY } from './pu-source-role.ts';
import { createIdentityHasher, decodeSourceMessage } from './raw-message.ts';
import { SOURCES } from './source-role.ts';

const PARKED_PAGE = 500;

/** One source as its records name identities. */
interface NamingSource {
  readonly source: SourceName;
  readonly keyFields: readonly string[];
  /** Rows as the source would name the identity. */
  candidates(identity: Identity): readonly SourceRow[];
  hash(row: SourceRow): IdentityHash;
  /** Undefined: the row cannot be read. */
  identify(row: SourceRow): Identity | undefined;
}

/**
 * Finds what connectors keep of identities in their sources' own spelling: keys of raw records, rows that were seen, records that are parked. Whatever names an
 * identity is read by the mapper of its source, so a hyphen or a code of the region makes no difference.
 */
export function createTraceFinder(
  { config, files }: { readonly config: HubConfig; readonly files: MappingFiles },
  store: Pick<HubStore, 'erasures' | 'parked'>,
): (person: NamedPerson) => Promise<SourceTraces> {
  const sources = new Map(SOURCES.map((source) => [source, namingSource(source, config, files)]));
  return async ({ identities }) => {
    const names = new Set(identities.map(identityText));
    const isTheirs = (identity: Identity | undefined): boolean =>
      identity !== undefined && names.has(identityText(identity));
    const hashes = new Set<IdentityHash>();
    for (const source of sources.values()) {
      for (const row of identities.flatMap((identity) => source.candidates(identity))) {
        if (isTheirs(source.identify(row))) hashes.add(source.hash(row));
      }
    }
    const knownRows = (await store.erasures.knownRowsLike(identities)).filter((known) => {
      const source = sources.get(known.source);
      const row = source && rowOf(known.key, source.keyFields);
      if (source === undefined || row === undefined || !isTheirs(source.identify(row)))
        return false;
      hashes.add(source.hash(row));
      return true;
    });
    for await (const { identityHash, message } of parkedMessages(store)) {
      const source = sources.get(message.source);
      if (isTheirs(source?.identify(message.person))) hashes.add(identityHash);
    }
    return { rawHashes: [...hashes], knownRows };
  };
}

function namingSource(source: SourceName, config: HubConfig, files: MappingFiles): NamingSource {
  const keyFields = source === 'pu' ? PU_KEY : files.masterMapping.person.key;
  const hasher = createIdentityHasher(identityHashKey(config), keyFields);
  const { map } = processRules(files, config.environment)[source];
  return {
    source,
    keyFields,
    candidates: source === 'pu' ? namesInPu : (identity) => namesInMaster(identity, files),
    hash: (person) => hasher({ source, person }),
    identify: (person) => identityIn(map(naming(source, person))),
  };
}

/** The message that says nothing but whom it is about, of the kind that its source can send. */
function naming(source: SourceName, person: SourceRow): SourceMessage {
  const operation = source === 'pu' ? 'unknown' : 'removed';
  const position = { epoch: 1, version: 0n };
  return {
    source,
    operation,
    position,
    snapshot: false,
    readAt: '1970-01-01T00:00:00.000Z',
    person,
  };
}

function identityIn(result: MappingResult): Identity | undefined {
  return result.kind === 'removed' || result.kind === 'unknown' ? result.identity : undefined;
}

function namesInPu(identity: Identity): readonly SourceRow[] {
  return spellings(identity).map((text) => ({ identityRoot: identity.root, identity: text }));
}

function namesInMaster(identity: Identity, { masterMapping }: MappingFiles): readonly SourceRow[] {
  return Object.entries(masterMapping.identityTypes).flatMap(([identityType, root]) =>
    root === identity.root || root === 'classify'
      ? spellings(identity).map((text) => ({ identityType, identity: text }))
      : [],
  );
}

/** As it is stored, and as people write it: with a hyphen before the last four. */
function spellings({ extension }: Identity): readonly string[] {
  return [extension, `${extension.slice(0, -4)}-${extension.slice(-4)}`];
}

function rowOf(key: string, keyFields: readonly string[]): SourceRow | undefined {
  const values = JSON.parse(key) as readonly string[];
  if (values.length !== keyFields.length) return undefined;
  return Object.fromEntries(keyFields.map((field, index) => [field, values[index] ?? null]));
}

async function* parkedMessages({ parked }: Pick<HubStore, 'parked'>): AsyncGenerator<{
  readonly identityHash: IdentityHash;
  readonly message: SourceMessage;
}> {
  let after = 0n;
  for (;;) {
    const page = await parked.list(after, PARKED_PAGE);
    for (const { identityHash, payload } of page) {
      const message = decodeSourceMessage(Buffer.from(payload));
      if (message !== undefined && identityHash !== '') yield { identityHash, message };
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
