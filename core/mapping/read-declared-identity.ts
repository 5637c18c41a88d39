import type { IdentityClassifier } from '../person/classify-identity.ts';
import { type Identity, parseOid } from '../person/person-identifier.ts';
import type { RowReader } from './row-reader.ts';

/**
 * The identity in `identityRoot` and `identity` of the row that the reader stands on: its root is believed, its value validated.
 *
 * @param unknownRoot what becomes of a root that is not configured. A person of such a root is parked. A mere mention of one is kept
 * `as-stated`, unchecked: any region's number can be linked to a person, and the person is as good without its format.
 */
export function readDeclaredIdentity(
  reader: RowReader,
  classifier: IdentityClassifier,
  unknownRoot: 'parked' | 'as-stated',
): Identity | null {
  const [rootText, value] = [reader.value('identityRoot'), reader.value('identity')];
  // What is required and missing was told when the reader turned to the row.
  if (rootText === null || value === null) return null;
  const root = parseOid(rootText);
  if (root === undefined || !classifier.knowsRoot(root)) {
    return root !== undefined && unknownRoot === 'as-stated'
      ? { root, extension: value }
      : reader.reject('HUB_PERSON_IDENTITY_ROOT_NOT_CONFIGURED', 'identityRoot');
  }
  const validation = classifier.validate(root, value);
  return validation.kind === 'valid'
    ? validation.identity
    : reader.reject('HUB_PERSON_IDENTITY_MALFORMED', 'identity');
}
