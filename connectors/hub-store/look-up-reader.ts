import type {
  FoundPerson,
  KnownRelatives,
  PuStanding,
} from '../../core/disclosure/look-up-ports.ts';
import {
  type Identity,
  identityText,
  type PersonKey,
} from '../../core/person/person-identifier.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';
import type { ErasedIdentityHashes } from './erased-identities.ts';
import { identityOf } from './group-rows.ts';
import { type PersonRow, storedPerson } from './person-rows.ts';

interface FoundRow extends SqlRow {
  readonly place: string;
  readonly person_key: string;
  readonly version: string | null;
  readonly golden: string | null;
  readonly redirect_to: string | null;
  readonly content_hash: string | null;
  readonly is_listed: string;
  readonly was_sent: string;
}

/**
 * Everything that a look-up needs of the store in one statement: one round trip, one view of it. Listed is who is named by any of their identities;
 * sent, whoever is in the ledger and not gone from it.
 */
const FOUND = `p.version, p.golden, p.redirect_to, p.content_hash, coalesce(d.kind <> 'gone', false) AS was_sent,
  EXISTS (SELECT FROM identities own JOIN consumer_lists l ON l.identity_key = own.identity_key AND l.consumer_id = $1
          WHERE own.person_key = i.person_key) AS is_listed`;
const JOINED = `LEFT JOIN persons p ON p.person_key = i.person_key
  LEFT JOIN deliveries d ON d.consumer_id = $1 AND d.person_key = i.person_key`;

const BY_IDENTITIES = statement<FoundRow>(
  'look-up-by-identities',
  `SELECT n.place, i.person_key, ${FOUND}
   FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS n (root, extension, place)
   JOIN identities i ON i.root = n.root AND i.extension = n.extension ${JOINED}`,
);

const BY_KEY = statement<FoundRow>(
  'look-up-by-key',
  `SELECT 1 AS place, i.person_key, ${FOUND} FROM identities i ${JOINED} WHERE i.identity_key = $2::uuid`,
);

const PU_STANDING = statement<{ root: string; extension: string; asked_at: string | null }>(
  'look-up-pu-standing',
  `SELECT i.root, i.extension, k.asked_at FROM identities i
   LEFT JOIN pu_known k ON k.root = i.root AND k.extension = i.extension AND k.state = 'sent'
   WHERE i.person_key = $1::uuid ORDER BY i.first_seen, i.identity_key`,
);

const RELATIVES = statement<{
  root: string;
  extension: string;
  is_protected: string;
  is_answered: string;
}>(
  'look-up-relatives',
  `SELECT n.root, n.extension, coalesce(i.is_protected, false) AS is_protected, k.root IS NOT NULL AS is_answered
   FROM unnest($1::text[], $2::text[]) AS n (root, extension)
   LEFT JOIN identities i ON i.root = n.root AND i.extension = n.extension
   LEFT JOIN pu_known k ON k.root = n.root AND k.extension = n.extension AND k.state = 'sent'`,
);

const PERSON_OF_ORDER = statement<{ person_key: string }>(
  'look-up-person-of-order',
  'SELECT person_key FROM consumer_purges WHERE id = $1::uuid AND consumer = $2',
);

/** What the look-up reads of persons. */
export class LookUpReader {
  readonly #runner: SqlRunner;
  readonly #erased: ErasedIdentityHashes;

  constructor(runner: SqlRunner, erased: ErasedIdentityHashes) {
    this.#runner = runner;
    this.#erased = erased;
  }

  /** Those of the identities that the hub has seen, by their place in the list. */
  async byIdentities(
    consumerId: number,
    identities: readonly Identity[],
  ): Promise<ReadonlyMap<number, FoundPerson>> {
    if (identities.length === 0) return new Map();
    const rows = await this.#runner.query(BY_IDENTITIES, [
      consumerId,
      identities.map(({ root }) => root),
      identities.map(({ extension }) => extension),
    ]);
    return new Map(rows.map((row) => [Number(row.place) - 1, foundPerson(row)]));
  }

  /** @param key of a person, or of any identity of one: those lead to the present key. */
  async byKey(consumerId: number, key: PersonKey): Promise<FoundPerson | undefined> {
    const [row] = await this.#runner.query(BY_KEY, [consumerId, key]);
    return row && foundPerson(row);
  }

  /** What PU can be asked about the person, and when it was asked last. */
  async puStanding(personKey: PersonKey): Promise<PuStanding> {
    const rows = await this.#runner.query(PU_STANDING, [personKey]);
    const asked = rows.flatMap((row) => (row.asked_at === null ? [] : [Number(row.asked_at)]));
    return {
      identities: rows.map(identityOf),
      askedAt: asked.length === 0 ? null : Math.max(...asked),
    };
  }

  /** Those of the identities whose persons were erased and must not come back; as `identityText`. */
  async erased(identities: readonly Identity[]): Promise<ReadonlySet<string>> {
    if (identities.length === 0) return new Set();
    const found = await this.#erased.find(this.#runner, () => ({ identities, hashes: [] }));
    return found?.identities ?? new Set();
  }

  /** Whom a purge order is about. @param orderId a UUID. @returns undefined: the consumer has no such order. */
  async personOfOrder(consumer: string, orderId: string): Promise<PersonKey | undefined> {
    const [row] = await this.#runner.query(PERSON_OF_ORDER, [orderId, consumer]);
    return row && (row.person_key as PersonKey);
  }

  async relatives(identities: readonly Identity[]): Promise<KnownRelatives> {
    if (identities.length === 0) return { protected: new Set(), answeredByPu: new Set() };
    const rows = await this.#runner.query(RELATIVES, [
      identities.map(({ root }) => root),
      identities.map(({ extension }) => extension),
    ]);
    const texts = (wanted: 'is_protected' | 'is_answered') =>
      rows.filter((row) => row[wanted] === 't').map((row) => identityText(identityOf(row)));
    return {
      protected: new Set(texts('is_protected')),
      answeredByPu: new Set(texts('is_answered')),
    };
  }
}

function foundPerson(row: FoundRow): FoundPerson {
  return {
    personKey: row.person_key as PersonKey,
    person: isWritten(row) ? storedPerson(row) : undefined,
    isListed: row.is_listed === 't',
    wasSent: row.was_sent === 't',
  };
}

function isWritten(row: FoundRow): row is FoundRow & PersonRow {
  return row.version !== null && row.content_hash !== null;
}
