import type { PullScope } from '../../../../connectors/hub-store/askable-identities.ts';
import type {
  AskableIdentities,
  IdentityPageRequest,
  KnownAnswer,
  KnownAnswerOf,
  PuKnownStore,
} from '../../../../connectors/sources/pu/pu-known-store.ts';
import { type Identity, identityText } from '../../../../core/person/person-identifier.ts';

/** What PU has answered, in memory. */
export class MemoryPuKnown implements PuKnownStore {
  readonly rows = new Map<string, KnownAnswerOf>();

  find(identities: readonly Identity[]): Promise<ReadonlyMap<number, KnownAnswer>> {
    const found = new Map<number, KnownAnswer>();
    for (const [place, identity] of identities.entries()) {
      const row = this.rows.get(identityText(identity));
      if (row) {
        const { identity: _, ...answer } = row;
        found.set(place, answer);
      }
    }
    return Promise.resolve(found);
  }

  put(answers: readonly KnownAnswerOf[]): Promise<void> {
    for (const answer of answers) {
      const text = identityText(answer.identity);
      const before = this.rows.get(text);
      if (before?.state !== 'sent' || isAsNew(answer, before)) this.rows.set(text, answer);
    }
    return Promise.resolve();
  }

  unplace(identities: readonly Identity[]): Promise<void> {
    for (const text of identities.map(identityText)) {
      const row = this.rows.get(text);
      if (row?.state === 'sent') this.rows.set(text, { ...row, place: null });
    }
    return Promise.resolve();
  }

  latestEpoch(): Promise<number> {
    return Promise.resolve(Math.max(1, ...[...this.rows.values()].map(({ epoch }) => epoch)));
  }
}

/** The identities that the hub knows, in memory. */
export class MemoryAskable implements AskableIdentities {
  /** All identities; true: Master has evidence. */
  readonly identities = new Map<
    string,
    { readonly identity: Identity; readonly isInMaster: boolean }
  >();
  readonly #known: MemoryPuKnown;
  readonly #scope: PullScope;
  readonly #pageRows: number;

  constructor(known: MemoryPuKnown, scope: PullScope, pageRows: number) {
    this.#known = known;
    this.#scope = scope;
    this.#pageRows = pageRows;
  }

  add(isInMaster: boolean, ...identities: readonly Identity[]): void {
    for (const identity of identities) {
      this.identities.set(identityText(identity), { identity, isInMaster });
    }
  }

  page(request: IdentityPageRequest) {
    const { selection, after, through } = request;
    const isKnownWalk = selection === 'elsewhere' || selection === 'everyone';
    const rows = isKnownWalk ? this.#known.rows : this.identities;
    const span = [...rows.values()]
      .map(({ identity }) => identity)
      .filter((i) => (!after || isBefore(after, i)) && (!through || !isBefore(through, i)))
      .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
      .slice(0, this.#pageRows);
    const next = span.length === this.#pageRows ? (span.at(-1) ?? null) : null;
    const identities = span.filter((identity) => this.#isWanted(identity, request));
    return Promise.resolve({ identities, next });
  }

  estimate(): Promise<number> {
    const { askableRoots } = this.#scope;
    const all = [...this.identities.values()];
    return Promise.resolve(
      all.filter(({ identity }) => askableRoots.includes(identity.root)).length,
    );
  }

  #isWanted(identity: Identity, { selection, askedBefore }: IdentityPageRequest): boolean {
    const text = identityText(identity);
    const known = this.#known.rows.get(text);
    const { askableRoots, reserveRoots, places, wholeCounties } = this.#scope;
    if (askedBefore !== null && known && known.askedAt >= askedBefore) return false;
    switch (selection) {
      case 'in-master':
        return (
          askableRoots.includes(identity.root) && this.identities.get(text)?.isInMaster === true
        );
      case 'unanswered':
        return askableRoots.includes(identity.root) && known?.state !== 'sent';
      case 'everyone':
        return known?.state === 'sent';
      case 'elsewhere': {
        const place = known?.place ?? null;
        const isFound =
          place !== null && (places.includes(place) || wholeCounties.includes(place.slice(0, 2)));
        return known?.state === 'sent' && !isFound && !reserveRoots.includes(identity.root);
      }
    }
  }
}

function isAsNew(now: KnownAnswer, before: KnownAnswer): boolean {
  if (now.state !== 'sent') return false;
  if (now.epoch !== before.epoch) return now.epoch > before.epoch;
  return (now.second ?? 0) >= (before.second ?? 0);
}

function isBefore(a: Identity, b: Identity): boolean {
  return a.root === b.root ? a.extension < b.extension : a.root < b.root;
}
