/** How much of a date is known (XSD 5.0 `PartialDateType.format`). */
export type DatePrecision = 'year' | 'month' | 'day';

/** A date of which the month or the day may be unknown, as Skatteverket keeps it: `1954`, `1954-01` or `1954-01-31`. */
export interface PartialDate {
  readonly precision: DatePrecision;
  /** ISO text of exactly that precision. */
  readonly value: string;
}
