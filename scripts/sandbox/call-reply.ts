/** What a call is answered with. */
import { writeFault } from './write-envelope.ts';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body:
    | { readonly kind: 'text'; readonly text: string }
    /** Of a file so many bytes from its beginning are announced, and `sent` of them are sent before the connection is cut. */
    | {
        readonly kind: 'file';
        readonly path: string;
        readonly announced: number;
        readonly sent: number;
      };
  readonly retryAfterSeconds?: number;
  /** For the log: why it is not what was asked for. */
  readonly fault: string | null;
}

const XML = 'text/xml; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

export function soapReply(envelope: string): Reply {
  return { status: 200, type: XML, body: { kind: 'text', text: envelope }, fault: null };
}

/** A SOAP fault. SOAP 1.1 sends it with HTTP 500. */
export function soapFault(
  side: 'client' | 'server',
  text: string,
  logId: string,
  status = 500,
): Reply {
  return {
    status,
    type: XML,
    body: { kind: 'text', text: writeFault(side, text, logId) },
    fault: `${side} fault`,
  };
}

export function textReply(status: number, text: string): Reply {
  return {
    status,
    type: TEXT,
    body: { kind: 'text', text },
    fault: status < 400 ? null : 'refused',
  };
}
