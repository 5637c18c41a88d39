/** SLA of the service: at most so long for a call, and for each record in its answer (TKB 5.1 ch. 4.2). */
const MOST_OF_A_CALL_MS = 100;
const MOST_OF_A_RECORD_MS = 20;

/**
 * How long an answer is held back: any time that PU's promise allows (TKB 5.1 ch. 4.2).
 *
 * @param records in the answer.
 * @param random from 0 to 1: where in that time.
 */
export function slaDelayMs(records: number, random: number): number {
  return random * (MOST_OF_A_CALL_MS + records * MOST_OF_A_RECORD_MS);
}

/** How many person records an answer holds; `requestedPersonRecord` is only what one is wrapped in. */
export function countRecords(answer: string): number {
  return answer.match(/<(?:\w+:)?personRecord[\s>]/g)?.length ?? 0;
}
