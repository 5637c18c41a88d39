import { hash } from 'node:crypto';
import type { ContentHash } from '../../core/person/person-identifier.ts';
import type { ContentHasher } from '../../core/sync/ports.ts';

/** The hashes that are stored: SHA-256, base64url. */
export const sha256: ContentHasher = {
  hash: (text) => hash('sha256', text, 'base64url') as string as ContentHash,
};
