import type { PuContractVersion } from './adapters/adapter-of-version.ts';
import type { CircuitState } from './circuit-breaker.ts';
import type { PuCertificate } from './pu-certificate.ts';
import type { CallBudget } from './pu-client-port.ts';
import { XML_LIMITS, type XmlLimits } from './xml-reader.ts';
import { ZIP_LIMITS, type ZipLimits } from './zip-reader.ts';

/** How PU is reached. */
export interface PuClientOptions {
  readonly contractVersion: PuContractVersion;
  /** Where the contracts are, `https://…/`: the service platform, or PU itself. */
  readonly soapUrl: string;
  /** Where the REST part is. It is not on the national platform: the caller's certificate meets PU itself (TKB 5.1 ch. 6.15). */
  readonly restUrl: string;
  readonly logicalAddress: string;
  readonly certificate: PuCertificate;
  /** The HSA-id of the system behind a local platform, which asks in its name; undefined: the certificate is its own. */
  readonly originalConsumer: string | undefined;
  /** For files of PU while they are read. Nothing of them is left there, also not after a crash. */
  readonly downloadFolder: string;
  readonly budget: CallBudget;
  /** Ends every call. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
  readonly settings?: Partial<PuClientSettings>;
  readonly observe: PuClientObserver;
}

/** What whoever watches is told. Nothing of it is personal data. */
export interface PuClientObserver {
  /** A call failed and is made again. */
  readonly onRetry: (error: unknown, attempt: number) => void;
  /**
   * PU's clock is so many seconds ahead of ours (negative: behind). Told at every answer while the difference is too large, and once more when it is
   * not any longer.
   */
  readonly onClockSkew: (seconds: number, isTooLarge: boolean) => void;
  readonly onCircuit: (state: CircuitState) => void;
}

export interface PuClientSettings {
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /**
   * How long an answer may take from its head to its end, and a file. A trickle is no silence, and would hold a connection, or the circuit breaker's one
   * try, for ever.
   */
  readonly answerMs: number;
  readonly downloadMs: number;
  readonly connections: number;
  /** How often a failed call is made again before the failure is passed on. */
  readonly retries: number;
  /** The wait before the first of them; it doubles. */
  readonly retryMs: number;
  /** The longest wait that PU can ask for by Retry-After. */
  readonly longestThrottleMs: number;
  readonly circuitFailures: number;
  readonly circuitOpenMs: number;
  /** Clocks that are further apart are told of. */
  readonly clockSkewSeconds: number;
  /** Records in one file of an order by identities; PU takes 500 or more. */
  readonly maxResultsPerFile: number;
  /** Answers that are handed over together. */
  readonly lotAnswers: number;
  /** The largest file that is fetched. */
  readonly downloadBytes: number;
  readonly xml: XmlLimits;
  readonly zip: ZipLimits;
  /** For an answer in SOAP, which is small: at most 500 records. */
  readonly soapCharacters: number;
}

export const PU_CLIENT_SETTINGS: PuClientSettings = {
  connectTimeoutMs: 10_000,
  // Ten seconds for 500 records is what PU promises (20 ms each and 100 ms, TKB 5.1 ch. 4.2); six times that.
  headersTimeoutMs: 60_000,
  bodyTimeoutMs: 60_000,
  answerMs: 300_000,
  // The largest file at 2 MB a second.
  downloadMs: 7_200_000,
  connections: 8,
  retries: 4,
  retryMs: 500,
  longestThrottleMs: 600_000,
  circuitFailures: 10,
  circuitOpenMs: 30_000,
  clockSkewSeconds: 30,
  maxResultsPerFile: 50_000,
  lotAnswers: 200,
  downloadBytes: 16 * 2 ** 30,
  xml: XML_LIMITS,
  zip: ZIP_LIMITS,
  soapCharacters: 100_000_000,
};
