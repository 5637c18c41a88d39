import { publisherGrants } from '../../hub-store/publisher-grants.ts';

/** `hub store-grants`: what a login needs for the roles publisher and consumers and no more, as SQL to run. */
export function printStoreGrants(login: string): string {
  return publisherGrants(login)
    .map((statement) => `${statement};`)
    .join('\n');
}
