/**
 * What makes PU answer with a SOAP fault on the client's side. The text is sent: it is PU's Swedish, and never repeats anything of the
 * request, which may hold personal data, but places in it and names that the contract itself has.
 */
export class ClientFault extends Error {
  override readonly name = 'ClientFault';
}

/** PU's words when too many identities are asked for or too many records are found (TKB 5.1 ch. 6). */
export const TOO_MUCH = 'Förfrågans maxgräns överskriden';
