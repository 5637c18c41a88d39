import { createPrivateKey, X509Certificate } from 'node:crypto';
import { HubError } from '../../../core/errors/hub-error.ts';
import { type LogSafeFields, type SafeText, safeText } from '../../../core/errors/log-safe.ts';

/** What the hub shows to PU, and whom it trusts. All in PEM. */
export interface PuCertificate {
  readonly cert: string;
  readonly key: string;
  /** The authorities that may sign PU's certificate; undefined: those that Node comes with. */
  readonly ca: string | undefined;
}

interface CertificateDates {
  readonly validFrom: number;
  readonly validTo: number;
  readonly serial: SafeText;
}

function readDates(cert: string): CertificateDates {
  const { validFromDate, validToDate, serialNumber } = parse(cert, safeText('PU_CERT'));
  return {
    validFrom: validFromDate.getTime(),
    validTo: validToDate.getTime(),
    // Hexadecimal digits of the issuer's, by which a certificate is ordered and revoked. It tells nothing about a person.
    serial: serialNumber as SafeText,
  };
}

function parse(pem: string, setting: SafeText): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw HubError.wrap('HUB_CONFIG_INVALID', cause, { setting });
  }
}

/** OpenSSL would find it out at the first connection, in words that do not name the setting. */
function checkPair({ cert, key, ca }: PuCertificate): void {
  if (ca !== undefined) parse(ca, safeText('PU_CA'));
  const certificate = parse(cert, safeText('PU_CERT'));
  const setting = safeText('PU_KEY');
  let isPair: boolean;
  try {
    isPair = certificate.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw HubError.wrap('HUB_CONFIG_INVALID', cause, { setting });
  }
  if (!isPair) throw new HubError('HUB_CONFIG_INVALID', { setting });
}

/** The dates of a certificate, looked at before each call: it can expire while the hub runs. */
export interface CertificateCheck {
  /** Serial number and last day, for the operator. */
  readonly description: LogSafeFields;
  /** @throws HubError `HUB_PU_CERTIFICATE_EXPIRED`; also when the certificate is not valid yet. */
  check(now: number): void;
}

/** @throws HubError `HUB_CONFIG_INVALID` when certificate, key or authorities cannot be used. */
export function checkCertificate(certificate: PuCertificate): CertificateCheck {
  checkPair(certificate);
  const { validFrom, validTo, serial } = readDates(certificate.cert);
  const description = { serial, lastDay: dayOf(validTo) };
  return {
    description,
    check: (now) => {
      if (now >= validFrom && now <= validTo) return;
      throw new HubError('HUB_PU_CERTIFICATE_EXPIRED', {
        ...description,
        firstDay: dayOf(validFrom),
      });
    },
  };
}

function dayOf(milliseconds: number): SafeText {
  return new Date(milliseconds).toISOString().slice(0, 10) as SafeText;
}
