import type { IdentityClassifier } from '../../core/person/classify-identity.ts';
import { type Identity, parseOid } from '../../core/person/person-identifier.ts';

/** An identity as it came in a request. */
export interface WrittenIdentity {
  readonly root: string;
  readonly extension: string;
}

/**
 * An identity in its stored form. Of a root that is not configured nobody knows the form, so it is taken as it stands, as the main path does where such a
 * number is mentioned.
 * @returns undefined when it is no number of its root.
 */
export function parseIdentity(
  { root, extension }: WrittenIdentity,
  classifier: IdentityClassifier,
): Identity | undefined {
  const oid = parseOid(root);
  if (oid === undefined || extension.includes('\u0000')) return undefined;
  if (!classifier.knowsRoot(oid)) return { root: oid, extension };
  const validation = classifier.validate(oid, extension);
  return validation.kind === 'valid' ? validation.identity : undefined;
}
