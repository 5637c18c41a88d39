import { OID_NRID, OID_PNR, OID_SNR } from '../../core/person/person-identifier.ts';
import type { ReserveNumberFormat } from '../../core/person/reserve-number-format.ts';
import { type Report, reportDuplicates } from './mapping-problem.ts';

const NATIONAL_KEYS = ['PNR', 'SNR', 'NRID'];
const NATIONAL_ROOTS: readonly string[] = [OID_PNR, OID_SNR, OID_NRID];
const DATE_GROUPS = ['year', 'month', 'day'];

/** What the shape of `formats.json` does not say. */
export function checkReserveNumberFormats(
  formats: readonly ReserveNumberFormat[],
  report: Report,
): void {
  for (const [index, format] of formats.entries()) {
    checkFormat(format, (path, problem) => report(`formats[${index}].${path}`, problem));
  }
  reportDuplicates(
    formats.map(({ key }) => key),
    (index) => report(`formats[${index}].key`, 'occurs twice'),
  );
  reportDuplicates(
    formats.map(({ root }) => root),
    (index) => report(`formats[${index}].root`, 'is the root of another format'),
  );
}

function checkFormat(format: ReserveNumberFormat, report: Report): void {
  const { pattern, checkDigit, derives } = format;
  if (NATIONAL_KEYS.includes(format.key)) report('key', 'is that of a national format');
  if (format.root !== null && NATIONAL_ROOTS.includes(format.root)) {
    report('root', 'is that of a national format');
  }
  if (pattern !== null && !(pattern.startsWith('^') && pattern.endsWith('$'))) {
    report('pattern', 'is not anchored at both ends');
  }
  // `[K|M]` looks like a choice and takes the bar itself as a character of the number.
  if (pattern !== null && /\[[^\]]*\|/.test(pattern))
    report('pattern', 'has a bar inside brackets');
  if (checkDigit !== null && checkDigit.from > checkDigit.to) {
    report('checkDigit.from', 'is after its end');
  }
  if (checkDigit !== null && checkDigit.at >= checkDigit.from && checkDigit.at <= checkDigit.to) {
    report('checkDigit.at', 'is inside the range that it checks');
  }
  if (
    derives.birthDate !== null &&
    DATE_GROUPS.some((g) => !derives.birthDate?.includes(`(?<${g}>`))
  ) {
    report('derives.birthDate', 'lacks one of the groups year, month, day');
  }
}
