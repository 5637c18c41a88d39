/**
 * What to do about it:
 * `retriable`: wait and try the same record again; `rejected`: park the record and go on; `fatal`: stop with an exit code.
 */
export type Disposition = 'retriable' | 'rejected' | 'fatal';

/** One line of the operator's manual. Every code has all of it; `docs/error-codes.md` is generated from it. */
export interface ErrorCodeEntry {
  readonly disposition: Disposition;
  /** What happened, one sentence, without personal data. It is the message of the error. */
  readonly happened: string;
  /** What was kept safe. */
  readonly safe: string;
  /** The next step. */
  readonly next: string;
}
