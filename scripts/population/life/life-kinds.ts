/**
 * What happens in a life of changes, with how often. The shares are our choice: mostly moves and contact data, as in a register, and enough
 * of the rare ones that half a minute shows most of them.
 */
export const LIFE_SHARES = {
  'moved-within-municipality': 0.14,
  'moved-between-municipalities': 0.1,
  'moved-out-of-region': 0.05,
  'moved-into-region': 0.05,
  emigrated: 0.02,
  returned: 0.02,
  'name-changed': 0.06,
  'typo-corrected': 0.03,
  married: 0.03,
  divorced: 0.02,
  born: 0.05,
  died: 0.04,
  'death-annulled': 0.02,
  'custody-changed': 0.02,
  'personal-number-given': 0.02,
  'number-changed': 0.02,
  'protection-raised': 0.025,
  'population-record-hidden': 0.015,
  'protection-lifted': 0.02,
  'contact-added': 0.04,
  'contact-changed': 0.07,
  'contact-withdrawn': 0.03,
  'paper-opted-out': 0.02,
  'paper-opted-in': 0.01,
  'reserve-given': 0.03,
  'reserve-linked': 0.02,
  'reserve-unlinked': 0.01,
  /** Master throws out the rows of somebody who died or left. */
  'row-deleted': 0.01,
  /** Somebody whom only PU knew comes to the region's care. */
  'row-added': 0.01,
} as const;
export type LifeKind = keyof typeof LIFE_SHARES;
/** How often each kind is tried, in proportion to the others. */
export type LifeShares = Readonly<Partial<Record<LifeKind, number>>>;

/** How many changes of each kind. */
export type LifeCounts = Readonly<Partial<Record<LifeKind, number>>>;
