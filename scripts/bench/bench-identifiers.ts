import type { IdentityClassifier } from '../../core/person/classify-identity.ts';
import { nationalReserveCheckDigit } from '../../core/person/national-reserve-identity.ts';
import { checkPersonalNumber } from '../../core/person/personnummer.ts';

/** One result of `npm run bench`. */
export interface IdentifiersResult {
  readonly name: 'identifiers';
  readonly value: number;
  readonly unit: 'identifiers/s';
  readonly settings: string;
}

const VALUES = 20_000;
const ROUNDS = 7;
const ROUND_MS = 300;

/** Classifies bare values on one core and takes the median of some rounds, after a first that only warms up. */
export function benchIdentifiers(classifier: IdentityClassifier): IdentifiersResult {
  const values = realisticMix();
  const rates = Array.from({ length: ROUNDS + 1 }, () => measureRound(classifier, values));
  const median = rates.slice(1).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  return {
    name: 'identifiers',
    value: Math.round(median),
    unit: 'identifiers/s',
    settings: `one core, ${VALUES} values: 92 % PNR, 3 % SNR, 3 % local, 1 % NRID, 1 % malformed; median of ${ROUNDS} rounds`,
  };
}

function measureRound(classifier: IdentityClassifier, values: readonly string[]): number {
  let done = 0;
  let classified = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    for (const value of values) if (classifier.classify(value).kind === 'classified') classified++;
    done += values.length;
    elapsed = performance.now() - start;
  }
  // Also keeps the engine from leaving out work whose result nobody looks at.
  if (classified === 0)
    throw new Error('Nothing was classified: the mix or the formats are wrong.');
  return (done / elapsed) * 1000;
}

/** Birth years 1850 to 1889: numbers that cannot belong to anybody alive. */
function realisticMix(): readonly string[] {
  return Array.from({ length: VALUES }, (_, i) => {
    const share = i % 100;
    if (share < 92) return personalNumber(i, 0);
    if (share < 95) return personalNumber(i, 60);
    if (share < 98) return ['991981000010', '19810829M071', '810829DA1B'][i % 3] ?? '';
    if (share < 99) return nationalReserveIdentity(i);
    return `${personalNumber(i, 0).slice(0, 11)}X`;
  });
}

function personalNumber(i: number, dayOffset: number): string {
  const year = 1850 + (i % 40);
  const month = 1 + (i % 12);
  const day = 1 + (i % 28) + dayOffset;
  const head = `${year}${pad(month, 2)}${pad(day, 2)}${pad(1 + (i % 999), 3)}`;
  for (let digit = 0; digit <= 9; digit++) {
    const check = checkPersonalNumber(head + digit);
    if (check === 'PNR' || check === 'SNR') return head + digit;
  }
  return head;
}

function nationalReserveIdentity(i: number): string {
  const head = `22${pad(i % 100, 2)}0814AA${i % 10}`;
  return head + nationalReserveCheckDigit(head);
}

function pad(n: number, width: number): string {
  return String(n).padStart(width, '0');
}
