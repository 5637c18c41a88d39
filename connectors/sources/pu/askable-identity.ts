import { type Identity, identityText } from '../../../core/person/person-identifier.ts';

/** The store's report of persons whom no pull covers has the same rule. */
const ASKABLE = /^[0-9A-Za-z-]{1,40}$/;

/** Whether an identity fits on a line of the file of identities. Whoever else has got into the hub is asked for by nobody, and reported as such. */
export function canBeAsked({ extension }: Identity): boolean {
  return ASKABLE.test(extension);
}

/** Equal for identities that differ by the case of letters, or by blanks around them, which PU may. */
export function looseIdentityText({ root, extension }: Identity): string {
  return identityText({ root, extension: extension.trim().toUpperCase() });
}
