import fc from 'fast-check';
import type { SourceName } from '../../core/sync/source-record.ts';
import type { LinkWay, Step } from './steps.ts';

/** Ways into states that chance alone seldom reaches; what comes before, between lives and after is chance again. */
export function storiesAmong(who: fc.Arbitrary<number>): fc.Arbitrary<readonly Step[]> {
  const source = fc.constantFrom<SourceName>('master', 'pu');
  return fc.oneof(
    fc.record({ person: who, relative: who, source }).map(relativeComesAndGoes),
    fc.record({ person: who, item: fc.nat({ max: 3 }) }).map(flagIsLiftedAndSetAgain),
    fc.record({ person: who, other: who, place: fc.nat({ max: 3 }) }).map(bothSpeakAtOnce),
    fc.shuffledSubarray([0, 1, 2], { minLength: 3 }).map(chainOverAnUnknownBirth),
    fc
      .record({ one: who, other: who, back: fc.constantFrom<LinkWay>('referred', 'ended') })
      .map(eachReplaced),
  );
}

/** A relative becomes protected, and later is no more. */
function relativeComesAndGoes(parts: {
  readonly person: number;
  readonly relative: number;
  readonly source: SourceName;
}): readonly Step[] {
  const { person, relative, source } = parts;
  return [
    say('pu', relative, {}),
    say('pu', person, { relative: { who: relative, kind: 0 } }),
    deliver('pu'),
    say(source, relative, { flags: 1 }),
    deliver(source),
    { kind: 'follow', crash: null },
    say(source, relative, { flags: 0 }),
    deliver(source),
  ];
}

/** Both registers speak of the same people, and their batches meet. */
function bothSpeakAtOnce(parts: {
  readonly person: number;
  readonly other: number;
  readonly place: number;
}): readonly Step[] {
  const { person, other, place } = parts;
  return [
    say('master', person, { name: place, place }),
    say('master', other, { flags: 1 }),
    say('pu', other, { place }),
    say('pu', person, { name: place }),
    { kind: 'link', source: 'pu', who: person, other, way: 'linked', back: null },
    { kind: 'race', count: 100, phase: null },
  ];
}

/** Somebody decides about Master's flag, and Master takes it away and sets it again. */
function flagIsLiftedAndSetAgain(parts: {
  readonly person: number;
  readonly item: number;
}): readonly Step[] {
  const { person, item } = parts;
  return [
    say('pu', person, {}),
    deliver('pu'),
    { kind: 'wait', seconds: 1 },
    say('master', person, { flags: 1 }),
    deliver('master'),
    { kind: 'decide', item, choice: 0, crash: null },
    { kind: 'reflag', source: 'master', who: person },
    deliver('master'),
  ];
}

/** Three personnummer, of which two contradict each other and the one between them says nothing, through a samordningsnummer and a link. */
function chainOverAnUnknownBirth(numbers: readonly number[]): readonly Step[] {
  const [first = 0, middle = 1, last = 2] = numbers;
  const link = (who: number, other: number): Step => ({
    kind: 'link',
    source: 'pu',
    who,
    other,
    way: 'linked',
    back: null,
  });
  return [
    say('pu', first, { birth: 0 }),
    say('pu', middle, { birth: 3 }),
    say('pu', last, { birth: 1 }),
    link(3, first),
    link(3, middle),
    link(middle, last),
    deliver('pu'),
  ];
}

/** Each of two numbers was replaced, and PU refers one to the other; what it says of it in the other record may be that this has ended. */
function eachReplaced(parts: {
  readonly one: number;
  readonly other: number;
  readonly back: LinkWay;
}): readonly Step[] {
  const { one, other, back } = parts;
  return [
    say('pu', one, { deregistration: 3 }),
    say('pu', other, { deregistration: 3 }),
    { kind: 'wait', seconds: 5 },
    { kind: 'link', source: 'pu', who: one, other, way: 'referred', back },
    deliver('pu'),
  ];
}

function say(source: SourceName, who: number, change: (Step & { kind: 'say' })['change']): Step {
  return { kind: 'say', source, who, change, skew: 0 };
}

function deliver(source: SourceName): Step {
  return { kind: 'deliver', source, count: 100, overlap: 0, crash: null };
}
