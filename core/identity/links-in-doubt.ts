import type { IdentityKey } from '../person/person-identifier.ts';
import type { Judgement, LinkVerdict } from './form-clusters.ts';

/**
 * Which persons may be one although they are not joined: those at the ends of a link that somebody is asked about, or was asked about and only
 * noted; of a link between SNR and PNR that Master states and PU does not; and of one of Master's that waits for birth dates to be known. Not by what somebody decided against, nor what a register took
 * back. One step only: of two who may each be a third one, nobody says that they are one.
 *
 * @returns by the number that stands for a person: the numbers of the others.
 */
export function findDoubts({
  members,
  judged,
  findings,
  persons,
}: Judgement): ReadonlyMap<number, ReadonlySet<number>> {
  const doubts = new Map<number, Set<number>>();
  const add = (person: number, other: number): void => {
    const known = doubts.get(person);
    if (known === undefined) doubts.set(person, new Set([other]));
    else known.add(other);
  };
  const connect = (a: number | undefined, b: number | undefined): void => {
    if (a === undefined || b === undefined) return;
    const [personA, personB] = [persons.find(a), persons.find(b)];
    if (personA === personB) return;
    add(personA, personB);
    add(personB, personA);
  };
  for (const { pair, verdicts } of judged) {
    const isAmong = pair.b < members.length;
    if (isAmong && verdicts.some(isUnsettled)) connect(pair.a, pair.b);
  }
  if (findings.length === 0) return doubts;
  const numbers = new Map<IdentityKey, number>();
  members.forEach(({ identityKey }, index) => {
    numbers.set(identityKey, index);
  });
  for (const { subject, other } of findings) {
    if (other !== null) connect(numbers.get(subject), numbers.get(other));
  }
  return doubts;
}

/** Without a finding: nobody is asked, and still it may be right. */
function isUnsettled(verdict: LinkVerdict): boolean {
  return verdict === 'only-pu-may-state' || verdict === 'birth-data-differ';
}
