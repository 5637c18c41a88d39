import type { PuRecord } from '../../population/pu-record.ts';
import type { OrderedQuestion, SandboxRegister } from '../sandbox-types.ts';
import { responseTags } from './contract-namespaces.ts';
import { readIdentityFile } from './read-identity-file.ts';
import { asksOnlyForChanges, type Condition, createMatcher, parseQuery } from './simple-ql.ts';
import { escapeXml } from './write-element.ts';
import { writePersonRecord } from './write-person-record.ts';

export interface OrderDocument {
  /** How many have been written; the number of the document when its pieces are at an end. */
  readonly persons: number;
  readonly pieces: Iterable<string>;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const PIECE_CHARACTERS = 65_536;

/**
 * The documents of an order, one after another: the pieces of one have to be read before the next document is asked for. Only one record
 * and one piece are in memory. A query without hits has one document without persons; a list of identities of which none is left
 * after `fromDate` has no document, since the contract has no answer about nobody.
 *
 * @throws ClientFault at once when the query cannot be read; while reading when a line of the file is no identity.
 */
export function orderDocuments(
  register: SandboxRegister,
  question: OrderedQuestion,
  maxPerDocument: number,
): Iterable<OrderDocument> {
  const suffix = question.unrestricted ? 'Unrestricted' : '';
  if (question.kind === 'query') {
    const condition = parseQuery(question.query);
    const { open, close } = responseTags(`SearchPersonsForProfile${suffix}`);
    return cutIntoDocuments(() => foundPersons(register, condition, question), {
      open,
      close,
      maxPerDocument,
      isEmptyAllowed: true,
    });
  }
  const { open, close } = responseTags(`GetPersonsForProfile${suffix}`);
  return cutIntoDocuments(() => listedPersons(register, question), {
    open,
    close,
    maxPerDocument,
    isEmptyAllowed: false,
  });
}

/** The records that a condition finds, of the few that have changed where they are enough. */
export function* matchingRecords(
  register: SandboxRegister,
  condition: Condition,
  isUnrestricted: boolean,
): Generator<PuRecord> {
  const matches = createMatcher(condition, isUnrestricted);
  const candidates = asksOnlyForChanges(condition, register.madeAt)
    ? register.changed()
    : register.all();
  for (const record of candidates) if (matches(record)) yield record;
}

function* foundPersons(
  register: SandboxRegister,
  condition: Condition,
  { profile, unrestricted }: OrderedQuestion,
): Generator<string> {
  for (const record of matchingRecords(register, condition, unrestricted)) {
    yield `<r:personRecord>${writePersonRecord(record, profile, unrestricted)}</r:personRecord>`;
  }
}

function* listedPersons(
  register: SandboxRegister,
  question: Extract<OrderedQuestion, { kind: 'identities' }>,
): Generator<string> {
  for (const identity of readIdentityFile(question.file)) {
    const record = register.find(identity);
    if (record !== undefined && isLeftOut(record, question)) continue;
    yield requestedPersonRecord(
      identity,
      record && writePersonRecord(record, question.profile, question.unrestricted),
    );
  }
}

function isLeftOut(
  record: PuRecord,
  { fromDate, onlyPrimary }: Extract<OrderedQuestion, { kind: 'identities' }>,
): boolean {
  const isOlder = fromDate !== null && record.version !== undefined && record.version < fromDate;
  return isOlder || (onlyPrimary && !record.primaryIdentity);
}

/** RequestedPersonRecordType. @param record its content; undefined: PU does not know the identity. */
export function requestedPersonRecord(
  { root, extension }: PuRecord['personalIdentity'],
  record: string | undefined,
): string {
  const answer = record === undefined ? '' : `<personRecord>${record}</personRecord>`;
  return `<r:requestedPersonRecord><requestedPersonalIdentity><root>${escapeXml(root)}</root><extension>${escapeXml(extension)}</extension></requestedPersonalIdentity>${answer}</r:requestedPersonRecord>`;
}

interface Cut {
  readonly open: string;
  readonly close: string;
  readonly maxPerDocument: number;
  readonly isEmptyAllowed: boolean;
}

function* cutIntoDocuments(
  start: () => Generator<string>,
  { open, close, maxPerDocument, isEmptyAllowed }: Cut,
): Generator<OrderDocument> {
  const persons = start();
  try {
    let next = persons.next();
    if (next.done === true && !isEmptyAllowed) return;
    do {
      let written = 0;
      let isRead = false;
      const readPieces = function* (): Generator<string> {
        let piece = DECLARATION + open;
        for (; next.done !== true && written < maxPerDocument; next = persons.next()) {
          piece += next.value;
          written++;
          if (piece.length < PIECE_CHARACTERS) continue;
          yield piece;
          piece = '';
        }
        yield piece + close;
        isRead = true;
      };
      yield {
        get persons() {
          return written;
        },
        pieces: readPieces(),
      };
      if (!isRead) throw new Error('The pieces of a document are read before the next one.');
    } while (next.done !== true);
  } finally {
    persons.return(undefined);
  }
}
