import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { StoredPerson } from '../../core/sync/stored-group.ts';
import { broke } from './broken-invariant.ts';

/** A consumer that knows nothing but the compacted topic `person.state.v1`: the newest message of each key. */
export class TopicConsumer {
  readonly #kept = new Map<PersonKey, StoredPerson>();

  /** Whether a message says something that the consumer does not know yet. */
  isNews({ personKey, version }: StoredPerson): boolean {
    return version > (this.#kept.get(personKey)?.version ?? 0);
  }

  /** Takes a message; one that is not newer is refused, as it comes again after a crash of the publisher. */
  take(message: StoredPerson): void {
    const known = this.#kept.get(message.personKey);
    if (known?.version === message.version && known.contentHash !== message.contentHash) {
      broke('compacted-topic-ends-right', `${message.personKey} has two contents of one version`);
    }
    if (this.isNews(message)) this.#kept.set(message.personKey, message);
  }

  /** Who is known by a key now: undefined when the key says nothing, or that there is nobody. */
  find(key: PersonKey): StoredPerson | undefined {
    const own = this.#kept.get(key);
    const person = own?.redirectTo ? this.#kept.get(own.redirectTo) : own;
    return person === undefined || person.golden === null ? undefined : person;
  }

  get living(): readonly StoredPerson[] {
    return [...this.#kept.values()].filter(({ golden }) => golden !== null);
  }
}
