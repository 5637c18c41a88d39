import type { IdentityKey } from '../person/person-identifier.ts';
import type { StoredIdentity, StoredPerson } from './stored-group.ts';
import type { GroupSet } from './take-in.ts';

/** The identities of a set as they are stored, with their groups. */
export class StoredIdentities {
  readonly #stored = new Map<IdentityKey, StoredIdentity & { readonly groupKey: IdentityKey }>();
  readonly #persons = new Map<string, StoredPerson>();

  constructor({ groups }: GroupSet) {
    for (const { identities, groupKey, persons } of groups) {
      for (const stored of identities)
        this.#stored.set(stored.identityKey, { ...stored, groupKey });
      for (const person of persons) this.#persons.set(person.personKey, person);
    }
  }

  get(key: IdentityKey) {
    return this.#stored.get(key);
  }

  /** What is stored under the identity's own key. */
  underKeyOf(key: IdentityKey): StoredPerson | undefined {
    return this.#persons.get(key);
  }

  /** The person whom an identity belonged to. */
  personOf(key: IdentityKey): StoredPerson | undefined {
    return this.#persons.get(this.#stored.get(key)?.personKey ?? '');
  }
}
