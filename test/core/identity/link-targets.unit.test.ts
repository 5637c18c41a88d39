import { describe, expect, it } from 'vitest';
import { linkTargets } from '../../../core/identity/link-targets.ts';
import { contentOf, identityOf } from './member-builder.ts';

describe('link targets', () => {
  it('are all that a record links to, of any kind, each once', () => {
    const content = contentOf('PNR1', {
      linked: ['LRID1', 'PNR2'],
      referred: ['PNR2'],
      ended: ['SNR1'],
    });
    expect(linkTargets(content)).toEqual([
      identityOf('LRID1'),
      identityOf('PNR2'),
      identityOf('SNR1'),
    ]);
  });

  it('leave out the identity itself', () => {
    expect(linkTargets(contentOf('PNR1', { linked: ['PNR1'] }))).toEqual([]);
  });

  it('are none for a removed record or one without links', () => {
    expect(linkTargets(null)).toEqual([]);
    expect(linkTargets(contentOf('PNR1', {}))).toEqual([]);
  });
});
