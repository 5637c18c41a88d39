import { findHubError } from '../../../core/errors/hub-error.ts';
import { OID_PNR } from '../../../core/person/person-identifier.ts';
import type { PuConfig } from '../../config/hub-config.ts';
import { checkCertificate } from '../../sources/pu/pu-certificate.ts';
import type { CallBudget, PuClient } from '../../sources/pu/pu-client-port.ts';
import { certificateOf, connectPu } from '../open-pu.ts';
import type { PreflightFinding } from './preflight.ts';

const DAY_MS = 86_400_000;
/** A certificate takes days to order. */
const WARN_DAYS = 30;
const WITHIN_MS = 30_000;
/** The day 0 of the month 00: no number that anybody has or will have. */
const NOBODY = { root: OID_PNR, extension: '190000000000' };

/**
 * Looks at the dates of the certificate.
 * @throws HubError `HUB_CONFIG_INVALID` when it is none, `HUB_PU_CERTIFICATE_EXPIRED`
 */
export function checkPuCertificate(
  { tls }: Pick<PuConfig, 'tls'>,
  now: number,
): PreflightFinding[] {
  const { check, description } = checkCertificate(certificateOf(tls));
  check(now);
  try {
    check(now + WARN_DAYS * DAY_MS);
    return [];
  } catch (error) {
    if (findHubError(error)?.code !== 'HUB_PU_CERTIFICATE_EXPIRED') throw error;
    const text = `the last day of the certificate in PU_CERT is ${String(description['lastDay'])}`;
    return [{ kind: 'note', text, fix: 'Order a new one now.' }];
  }
}

/**
 * Asks PU about an identity that cannot exist: changes nothing, and needs all that a pull needs. The server is trusted, the certificate is taken,
 * the HSA-id in it may use the contract at this logical address, and the answer can be read.
 */
export async function checkPu(pu: PuConfig): Promise<readonly PreflightFinding[]> {
  let skew = 0;
  await using client = connectPu(pu, {
    budget: ONE_CALL,
    signal: AbortSignal.timeout(WITHIN_MS),
    observe: {
      onRetry: () => undefined,
      onClockSkew: (seconds, isTooLarge) => {
        skew = isTooLarge ? seconds : 0;
      },
      onCircuit: () => undefined,
    },
    settings: { retries: 0 },
  });
  await client.getPersons([NOBODY], 'P1');
  await checkFiles(client, pu.restUrl);
  if (skew === 0) return [];
  const text = `PU's clock and the clock of this machine are ${Math.abs(skew)} s apart`;
  return [{ kind: 'note', text, fix: 'Let the machine follow a time server.' }];
}

/** Files go another way than the contracts, past the service platform. That PU has no such file is the answer that is wanted. */
async function checkFiles(client: PuClient, restUrl: string): Promise<void> {
  try {
    for await (const _ of client.download(new URL('preflight', `${restUrl}/`).href)) return;
  } catch (error) {
    const code = findHubError(error)?.code;
    if (code !== 'HUB_PU_ORDER_GONE' && code !== 'HUB_PU_REQUEST_REFUSED') throw error;
  }
}

/** One call of an operator is not worth a turn in line behind the instances. */
const ONE_CALL: CallBudget = { takeTurn: () => Promise.resolve() };
