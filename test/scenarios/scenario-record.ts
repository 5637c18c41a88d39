import {
  BEFORE_EVERYTHING,
  parsePosition,
  type SourceMessage,
  type SourcePosition,
  type SourceRow,
} from '../../core/sync/source-record.ts';
import { ADDRESS_ROW, CONTACT_ROW, PERSON_ROW } from '../core/mapping/master-row-builder.ts';
import { PU_ADDRESS_ROW, PU_CONTACT_ROW, PU_PERSON_ROW } from '../core/mapping/pu-row-builder.ts';
import type { MasterStep, PuStep, RecordStep } from './scenario.ts';

/** The fields that make the key of each source's raw topic. */
export const KEY_FIELDS = {
  master: ['identityType', 'identity'],
  pu: ['identityRoot', 'identity'],
} as const;

/** The record as the source connector would send it: the whole row, and the rows beside it. */
export function toSourceMessage(step: RecordStep): SourceMessage {
  const { source, operation, code, readAt } = step;
  const row: SourceRow =
    source === 'pu' ? { ...PU_PERSON_ROW, ...step.person } : { ...PERSON_ROW, ...step.person };
  const key = keyOf(step, row);
  const common = { source, snapshot: false, readAt };
  if (operation === 'unknown') {
    return { ...common, operation, position: BEFORE_EVERYTHING, person: key };
  }
  const position = positionOf(step);
  if (operation === 'removed') return { ...common, operation, position, person: key };
  if (operation === 'refused') {
    if (code === undefined) throw new Error('What is refused is refused under a code.');
    return { ...common, operation, position, code, person: key };
  }
  const children = source === 'pu' ? puRows(step) : masterRows(step, key);
  return { ...common, operation, position, person: row, children };
}

function keyOf({ source }: RecordStep, row: SourceRow): SourceRow {
  return Object.fromEntries(KEY_FIELDS[source].map((field) => [field, row[field] ?? null]));
}

function positionOf({ position }: RecordStep): SourcePosition {
  const at = position === undefined ? undefined : parsePosition(position);
  if (at === undefined) throw new Error('A position has the form epoch:version.');
  return at;
}

/** Children with the key of their person, as the columns of the tables are. */
function masterRows(
  { children: { addresses = [{}], contacts = [{}] } }: MasterStep,
  key: SourceRow,
) {
  return {
    addresses: addresses.map((own) => ({ ...ADDRESS_ROW, ...key, ...own })),
    contacts: contacts.map((own) => ({ ...CONTACT_ROW, ...key, ...own })),
  };
}

function puRows({ children: { addresses = [{}], contacts = [{}], ...others } }: PuStep) {
  return {
    ...others,
    addresses: addresses.map((own) => ({ ...PU_ADDRESS_ROW, ...own })),
    contacts: contacts.map((own) => ({ ...PU_CONTACT_ROW, ...own })),
  } as Readonly<Record<string, readonly SourceRow[]>>;
}
