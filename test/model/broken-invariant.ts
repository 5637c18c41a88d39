/** What the model holds the hub to. The name stands first in the failure. */
export type Invariant =
  | 'final-state-as-oracle'
  | 'versions-rise-with-content'
  | 'nothing-hidden-after-flag'
  | 'purge-ordered'
  | 'links-obey-hierarchy'
  | 'one-cluster-each'
  | 'redirects-in-one-step'
  | 'rebuild-changes-nothing'
  | 'replay-changes-nothing'
  | 'decided-once'
  | 'compacted-topic-ends-right';

/** @throws always: the invariant does not hold. */
export function broke(invariant: Invariant, detail: string): never {
  throw new Error(`${invariant}: ${detail}`);
}
