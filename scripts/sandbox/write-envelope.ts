/** SOAP 1.1 around what is sent. */
import { escapeXml } from './contracts/write-element.ts';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

/** An answer with the body's one element. */
export function writeEnvelope(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP}"><soap:Body>${body}</soap:Body></soap:Envelope>`;
}

/** A fault, with the id under which the log of the service has it (TKB 5.1 ch. 4). Its text holds no personal data. */
export function writeFault(side: 'client' | 'server', text: string, logId: string): string {
  const code = side === 'client' ? 'Client' : 'Server';
  return writeEnvelope(
    `<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>${escapeXml(text)} (log-id ${logId})</faultstring></soap:Fault>`,
  );
}
