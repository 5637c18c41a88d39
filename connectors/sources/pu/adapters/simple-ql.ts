import type { PuQuery } from '../pu-client-port.ts';
import { sinceDateTime, sinceText } from '../swedish-time.ts';

/** The name of the language in a search request. */
export const QUERY_LANGUAGE = 'SimpleQL';

const LOCALITY = 'populationRegistrationLocality';
const FORMER_LOCALITY =
  'populationRegistrationRecord.historicalRecords.populationRegistrationLocality';

/** A query in the language of the search contracts. Nodes are those of PersonRecordType (SimpleQL of PU, pages of the contract's domain). */
export function simpleQl(query: PuQuery): string {
  return `FROM PersonRecord WHERE ${conditionsOf(query).join(' AND ')}`;
}

function conditionsOf(query: PuQuery): readonly string[] {
  switch (query.kind) {
    case 'residents': {
      const municipality = query.municipality;
      return [
        `${LOCALITY}.countyCode IN ${listOf(municipality === null ? query.counties : [municipality.slice(0, 2)])}`,
        // PU has the municipality without its county (XSD 5.0 String2).
        ...(municipality === null
          ? []
          : [`${LOCALITY}.municipalityCode = ${quote(municipality.slice(2))}`]),
        ...(query.onlyProtected
          ? ['(protectedPersonIndicator = "true" OR protectedPopulationRecord = "true")']
          : []),
        ...changedSince(query.since),
      ];
    }
    case 'reserve-identities':
      return [`personalIdentity.root IN ${listOf(query.roots)}`, ...changedSince(query.since)];
    case 'moved-out':
      return [
        `${FORMER_LOCALITY}.countyCode IN ${listOf(query.counties)}`,
        `${FORMER_LOCALITY}.localRegistrationEndTime >= ${quote(sinceDateTime(query.since))}`,
      ];
  }
}

function changedSince(since: number | null): readonly string[] {
  return since === null ? [] : [`version >= ${quote(sinceText(since))}`];
}

function listOf(values: readonly string[]): string {
  if (values.length === 0) throw new RangeError('A question to PU names nothing to look for.');
  return `(${values.map(quote).join(',')})`;
}

/** The values come from the mapping, where codes and roots are checked. Anything else must not get into a question. */
function quote(value: string): string {
  if (!/^[0-9.:T-]+$/.test(value)) throw new TypeError('A value of a question to PU is no code.');
  return `"${value}"`;
}
