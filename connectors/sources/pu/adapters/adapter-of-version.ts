import type { PuAdapter } from './pu-adapter.ts';
import { createVersion5Adapter } from './version-5.ts';

/** The major versions of the contract that the hub reads. Another one is one more line here and one more adapter beside. */
export const PU_CONTRACT_VERSIONS = ['5'] as const;
export type PuContractVersion = (typeof PU_CONTRACT_VERSIONS)[number];

const ADAPTERS: Readonly<Record<PuContractVersion, (logicalAddress: string) => PuAdapter>> = {
  '5': createVersion5Adapter,
};

/** @param logicalAddress the receiver of every question, for example that of the national service (TKB 5.1 ch. 3.2). */
export function adapterOfVersion(version: PuContractVersion, logicalAddress: string): PuAdapter {
  return ADAPTERS[version](logicalAddress);
}
