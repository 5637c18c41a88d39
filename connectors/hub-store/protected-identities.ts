import { type Identity, identityText } from '../../core/person/person-identifier.ts';
import { type SqlRunner, statement } from './database.ts';
import { identityOf } from './group-rows.ts';

const PROTECTED = statement<{ root: string; extension: string }>(
  'protected-identities',
  `SELECT i.root, i.extension FROM unnest($1::text[], $2::text[]) AS n (root, extension)
   JOIN identities i ON i.root = n.root AND i.extension = n.extension WHERE i.is_protected`,
);

/** `PersonTransaction.readProtected`. */
export async function readProtected(
  runner: SqlRunner,
  identities: readonly Identity[],
): Promise<ReadonlySet<string>> {
  if (identities.length === 0) return new Set();
  const rows = await runner.query(PROTECTED, [
    identities.map(({ root }) => root),
    identities.map(({ extension }) => extension),
  ]);
  return new Set(rows.map((row) => identityText(identityOf(row))));
}
