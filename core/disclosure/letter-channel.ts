import type { GoldenRecord } from '../golden-record/golden-record.ts';
import type { AddressKind, ContactPoint, Deregistration } from '../mapping/person-evidence.ts';
import type { ContactRule } from './consumer-profile.ts';
import { disclosableContacts } from './contacts.ts';

/** What the decision needs to know of a person. No number, no name, no address: only of which kinds there are. */
export interface LetterFacts {
  /** Sekretessmarkering or skyddad folkbokföring, of the person or of a linked identity: what makes the golden record a masked one. */
  readonly isProtected: boolean;
  readonly deregistration: Pick<Deregistration, 'reason'> | null;
  /** Kinds of the addresses that are known, in any order. */
  readonly addressKinds: readonly AddressKind[];
  /** Contact data that the caller may use. */
  readonly contacts: readonly Pick<ContactPoint, 'channel' | 'digitalNotification'>[];
  /** PU's `optoutPaperNotification`. Null: nobody says, and paper is the default. */
  readonly paperOptOut: boolean | null;
  /** The unit judges that a letter is needed as well, whatever the person prefers (IS 4.2.12). */
  readonly letterNeededToo: boolean;
}

export type LetterChannel = 'paper' | 'digital';

/** Which rule decided, from the one that is asked first. */
export type LetterReason =
  /** No letter: nobody writes to the dead. */
  | 'deceased'
  /** Paper, handed to Skatteverket, who forwards it. */
  | 'protected'
  /** Digital notices are possible, and paper is not turned down. */
  | 'no-opt-out'
  /** Digital notices are possible, and paper is turned down. */
  | 'opt-out'
  /** As `opt-out`, and the unit judges that a letter is needed as well. */
  | 'opt-out-but-letter-needed'
  /** Paper: nothing lets a digital notice be sent. */
  | 'no-digital-route'
  /** Paper: whoever has left the population register has no digital route that can be relied on. */
  | 'not-registered';

/** How a notice goes. Without a number, a name or an address: the sender looks up the address of the kind that is named here. */
export interface LetterDecision {
  /** Digital first. Empty: nothing is sent. */
  readonly channels: readonly LetterChannel[];
  readonly because: LetterReason;
  /** Paper was due, and no address is known that it could go to: it was left out of `channels`. */
  readonly lacksAddress: boolean;
  /** Where the paper goes; null when none goes. */
  readonly address: AddressKind | 'forwarding-by-skatteverket' | null;
  /** The kinds that paper may go to, the first that is known is taken. Empty when no address may be used. */
  readonly addressKindOrder: readonly AddressKind[];
}

/** A notice goes as a text message or a mail; a telephone on a wall gets neither. */
const FOR_NOTICES: ContactRule = {
  channels: new Set(['mobile', 'email'] as const),
  needsNotification: true,
};

/**
 * Särskild postadress before the registered address that IS 4.2.12 names: our reading of what it is. Navet keeps it beside the registered one for post, it carries
 * the postal address of whoever has a samordningsnummer, and Uppsala refers to it in place of a god man's address (docs/letter-channel.md).
 */
const OF_REGISTERED = ['special-postal', 'residential', 'given', 'abroad'] as const;
/** Our reading too: nobody lives any more where they were registered. Whoever has moved abroad is there, rather than at what was given here before. */
const OF_DEREGISTERED = ['special-postal', 'abroad', 'given'] as const;

/** What the golden record says. Contact data that not every care giver may use are no digital route (docs/consumers.md). */
export function letterFactsOf(golden: GoldenRecord, letterNeededToo: boolean): LetterFacts {
  const { deregistration } = golden;
  if (golden.kind === 'protected-person') {
    const nothing = { addressKinds: [], contacts: [], paperOptOut: null };
    return { isProtected: true, deregistration, ...nothing, letterNeededToo };
  }
  return {
    isProtected: false,
    deregistration,
    addressKinds: golden.addresses.map(({ kind }) => kind),
    contacts: disclosableContacts(golden.contacts, FOR_NOTICES),
    paperOptOut: golden.paperOptOut,
    letterNeededToo,
  };
}

/**
 * Through which channel a notice reaches a person, by IS 4.2.12. Pure: the same facts have the same decision. To be asked at the moment of sending; a kept
 * answer is late.
 */
export function decideLetterChannel(facts: LetterFacts): LetterDecision {
  const { deregistration, isProtected, paperOptOut, letterNeededToo } = facts;
  if (deregistration?.reason === 'AV') return nothingSent;
  if (isProtected) return forwarded;
  if (deregistration !== null) return send(facts, [], 'not-registered', OF_DEREGISTERED);
  if (!hasDigitalRoute(facts)) return send(facts, [], 'no-digital-route', OF_REGISTERED);
  if (paperOptOut !== true) return send(facts, ['digital'], 'no-opt-out', OF_REGISTERED);
  if (letterNeededToo) {
    return send(facts, ['digital'], 'opt-out-but-letter-needed', OF_REGISTERED);
  }
  return {
    channels: ['digital'],
    because: 'opt-out',
    lacksAddress: false,
    address: null,
    addressKindOrder: [],
  };
}

const nothingSent: LetterDecision = {
  channels: [],
  because: 'deceased',
  lacksAddress: false,
  address: null,
  addressKindOrder: [],
};

/** Even if an address were known, it is not asked for: only Skatteverket knows where (förmedlingsuppdrag). */
const forwarded: LetterDecision = {
  channels: ['paper'],
  because: 'protected',
  lacksAddress: false,
  address: 'forwarding-by-skatteverket',
  addressKindOrder: [],
};

function send(
  { addressKinds }: LetterFacts,
  beside: readonly LetterChannel[],
  because: LetterReason,
  addressKindOrder: readonly AddressKind[],
): LetterDecision {
  const address = addressKindOrder.find((kind) => addressKinds.includes(kind)) ?? null;
  return {
    channels: address === null ? beside : [...beside, 'paper'],
    because,
    lacksAddress: address === null,
    address,
    addressKindOrder,
  };
}

function hasDigitalRoute({ contacts }: LetterFacts): boolean {
  return contacts.some(
    ({ channel, digitalNotification }) =>
      FOR_NOTICES.channels.has(channel) && digitalNotification === true,
  );
}
