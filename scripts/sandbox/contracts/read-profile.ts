import { PROFILES, type Profile } from '../sandbox-types.ts';
import { ClientFault } from './client-fault.ts';

/** @throws ClientFault also for P6 to P10, which the schema has in reserve. */
export function readProfile(text: string): Profile {
  const profile = PROFILES.find((known) => known === text);
  if (profile === undefined) throw new ClientFault('Profilen finns inte.');
  return profile;
}
