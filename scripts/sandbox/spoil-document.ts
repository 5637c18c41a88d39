/** Makes of an honest document one that a careful reader must refuse. Works on pieces, so that documents of any size stay out of memory. */
import type { FaultKind } from './fault-kinds.ts';

const BOMB_DEPTH = 100_000;

/** The document with those faults. Each piece but the last must hold whole elements. */
export function spoilDocument(
  pieces: Iterable<string>,
  faults: readonly FaultKind[],
): Iterable<string> {
  let spoiled = pieces;
  for (const fault of faults) spoiled = SPOILERS[fault]?.(spoiled) ?? spoiled;
  return spoiled;
}

type Spoiler = (pieces: Iterable<string>) => Iterable<string>;

const SPOILERS: Readonly<Partial<Record<FaultKind, Spoiler>>> = {
  'wrong-namespace': (pieces) =>
    replaceInEach(pieces, [
      [/(:persons:person):5(?=")/g, '$1:6'],
      [/(:persons:person:\w+Responder):\d(?=")/g, '$1:6'],
    ]),
  'test-persons': (pieces) =>
    replaceInEach(pieces, [[/(<(?:\w+:)?testIndicator>)\s*(?:false|0)\s*(?=<)/g, '$1true']]),
  'xml-dtd': (pieces) =>
    replaceOnce(pieces, /^(?:<\?xml[^>]*\?>)?/, (declaration) => {
      return `${declaration}<!DOCTYPE lol [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`;
    }),
  'xml-bomb': (pieces) =>
    replaceOnce(pieces, /(?:Response|Body)\b[^>]*>/, (start) => {
      return `${start}${'<deep>'.repeat(BOMB_DEPTH)}${'</deep>'.repeat(BOMB_DEPTH)}`;
    }),
  'xml-cut': cutLast,
};

function* replaceInEach(
  pieces: Iterable<string>,
  changes: readonly (readonly [RegExp, string])[],
): Iterable<string> {
  for (const piece of pieces) {
    yield changes.reduce((text, [found, put]) => text.replaceAll(found, put), piece);
  }
}

/** Replaces in the first piece that has it. */
function* replaceOnce(
  pieces: Iterable<string>,
  found: RegExp,
  put: (found: string) => string,
): Iterable<string> {
  let done = false;
  for (const piece of pieces) {
    const changed: string = done ? piece : piece.replace(found, put);
    done ||= changed !== piece;
    yield changed;
  }
}

const RECORD_START = 'ersonRecord><personalIdentity>';

/** Ends a little way into the last record, so that the records before are whole. */
function* cutLast(pieces: Iterable<string>): Iterable<string> {
  let held: string | undefined;
  for (const piece of pieces) {
    if (held !== undefined) yield held;
    held = piece;
  }
  if (held === undefined) return;
  const lastRecord = held.lastIndexOf(RECORD_START);
  const end = lastRecord < 0 ? Math.floor(held.length / 2) : lastRecord + RECORD_START.length;
  yield held.slice(0, end);
}
