import type { ConsumerProfile, DisclosedGroup } from '../../core/disclosure/consumer-profile.ts';
import type { PuDepth } from './look-up-ports.ts';

/** In which profile of PU a group is first given (TKB 5.1 ch. 8, domain 1.6). The municipality of a membership needs P2. */
const DEPTH_OF: Readonly<Record<DisclosedGroup, PuDepth>> = {
  name: 'P1',
  sex: 'P1',
  birth: 'P1',
  deregistration: 'P1',
  membership: 'P2',
  locality: 'P2',
  addresses: 'P2',
  contacts: 'P3',
  'contact-persons': 'P3',
  'marital-status': 'P4',
  relations: 'P4',
};

/** The least that PU has to be asked for so that the consumer gets what its profile has: nobody fetches more than is needed (domain 1.6). */
export function lowestDepth({ groups }: Pick<ConsumerProfile, 'groups'>): PuDepth {
  let depth: PuDepth = 'P1';
  for (const group of groups) if (DEPTH_OF[group] > depth) depth = DEPTH_OF[group];
  return depth;
}
