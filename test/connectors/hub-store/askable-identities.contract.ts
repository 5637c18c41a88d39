import { describe, expect, it } from 'vitest';
import type {
  AskableIdentities,
  IdentityPageRequest,
  KnownAnswerOf,
  PuKnownStore,
} from '../../../connectors/sources/pu/pu-known-store.ts';
import {
  type Identity,
  OID_NRID,
  OID_PNR,
  OID_SNR,
  type Oid,
} from '../../../core/person/person-identifier.ts';

/** A region's own root, which the pull of reserve identities searches for. */
export const OWN_ROOT = '1.2.752.97.3.1.3' as Oid;
/** A root that nobody pulls. */
const STRANGE_ROOT = '1.2.752.97.9.9' as Oid;

/** Uppsala as a whole, one municipality of Södermanland, and that county's protected persons. */
export const CONTRACT_SCOPE = {
  askableRoots: [OID_PNR, OID_SNR, OID_NRID],
  reserveRoots: [OWN_ROOT, OID_NRID],
  wholeCounties: ['03'],
  places: ['0480', '04-protected'],
};
export const CONTRACT_PAGE_ROWS = 3;

export interface OpenedStores extends AsyncDisposable {
  readonly known: PuKnownStore;
  readonly askable: AskableIdentities;
  /** Makes identities known to the hub, with evidence of Master or without. */
  add(isInMaster: boolean, identities: readonly Identity[]): Promise<void>;
}

const pnr = (i: number): Identity => ({ root: OID_PNR, extension: `18900101000${i}` });

function sent(identity: Identity, place: string | null, askedAt = 1_000): KnownAnswerOf {
  return { identity, state: 'sent', askedAt, epoch: 1, second: 5, contentHash: 'h', place };
}

const NO_RECORD = { epoch: 1, second: null, contentHash: null, place: null } as const;

function unknown(identity: Identity, askedAt = 1_000): KnownAnswerOf {
  return { identity, state: 'unknown', askedAt, ...NO_RECORD };
}

async function all(
  askable: AskableIdentities,
  request: Pick<IdentityPageRequest, 'selection'> & Partial<IdentityPageRequest>,
): Promise<readonly string[]> {
  const found: string[] = [];
  let after = request.after ?? null;
  do {
    const page = await askable.page({ through: null, askedBefore: null, ...request, after });
    found.push(...page.identities.map(({ root, extension }) => `${root} ${extension}`));
    after = page.next;
  } while (after !== null);
  return found;
}

const texts = (...identities: readonly Identity[]): readonly string[] =>
  identities.map(({ root, extension }) => `${root} ${extension}`).toSorted();

/** What every pair of stores behind the PU source guarantees. */
export function askableIdentitiesContract(open: () => Promise<OpenedStores>): void {
  describe('what PU has answered', () => {
    it('is found by place among the identities asked for, and replaced when it is put again', async () => {
      await using stores = await open();
      const { known } = stores;
      await known.put([sent(pnr(1), '0380'), unknown(pnr(2))]);
      await known.put([sent(pnr(1), null, 2_000)]);
      await known.put([]);
      expect(await known.find([pnr(3), pnr(2), pnr(1)])).toEqual(
        new Map([
          [1, { state: 'unknown', askedAt: 1_000, ...NO_RECORD }],
          [
            2,
            { state: 'sent', askedAt: 2_000, epoch: 1, second: 5, contentHash: 'h', place: null },
          ],
        ]),
      );
      expect(await known.find([])).toEqual(new Map());
    });
  });

  describe('what PU has answered', () => {
    it('is not taken back once a record was sent, by an answer that is older or has no record', async () => {
      await using stores = await open();
      const { known } = stores;
      const place = async (): Promise<unknown> => (await known.find([pnr(1)])).get(0);
      const later = { ...sent(pnr(1), '0380', 2_000), second: 6 };
      const { identity: _, ...kept } = later;
      await known.put([later]);
      await known.put([{ ...sent(pnr(1), '1280', 3_000), second: 5 }]);
      expect(await place()).toEqual(kept);
      await known.put([unknown(pnr(1), 3_000)]);
      await known.put([{ ...unknown(pnr(1), 3_000), state: 'test-person' }]);
      expect(await place()).toEqual(kept);
      expect(await known.latestEpoch()).toBe(1);
      await known.put([{ ...sent(pnr(1), '1280', 3_000), epoch: 2, second: 5 }]);
      expect(await place()).toMatchObject({ epoch: 2, second: 5, place: '1280' });
      expect(await known.latestEpoch()).toBe(2);
    });

    it('loses its place on demand, and gets one again with the next answer', async () => {
      await using stores = await open();
      const { known } = stores;
      await known.put([sent(pnr(1), '0380'), sent(pnr(2), '0380'), unknown(pnr(3))]);
      await known.unplace([pnr(1), pnr(3), pnr(4)]);
      const places = async () =>
        [...(await known.find([pnr(1), pnr(2), pnr(3), pnr(4)]))]
          .toSorted()
          .map(([, a]) => a.place);
      expect(await places()).toEqual([null, '0380', null]);
      await known.put([sent(pnr(1), '1280', 2_000)]);
      expect(await places()).toEqual(['1280', '0380', null]);
    });

    it('has the first epoch when nothing was answered', async () => {
      await using stores = await open();
      expect(await stores.known.latestEpoch()).toBe(1);
    });
  });

  describe('the identities to ask PU about', () => {
    it('are for the first load those of askable roots of which Master has evidence', async () => {
      await using stores = await open();
      const nrid = { root: OID_NRID, extension: '238901011239' };
      const local = { root: STRANGE_ROOT, extension: 'X-1' };
      await stores.add(true, [pnr(1), pnr(2), nrid, local]);
      await stores.add(false, [pnr(3)]);
      expect(await all(stores.askable, { selection: 'in-master' })).toEqual(
        texts(pnr(1), pnr(2), nrid),
      );
      expect(await stores.askable.estimate()).toBe(4);
    });

    it('are all met once on a walk, whatever the size of a page, and from a bound to a bound', async () => {
      await using stores = await open();
      const identities = [1, 2, 3, 4, 5, 6, 7].map(pnr);
      await stores.add(true, identities);
      const { askable } = stores;
      expect(await all(askable, { selection: 'in-master' })).toEqual(texts(...identities));
      expect(
        await all(askable, { selection: 'in-master', after: pnr(2), through: pnr(5) }),
      ).toEqual(texts(pnr(3), pnr(4), pnr(5)));
      expect(await all(askable, { selection: 'in-master', after: pnr(7) })).toEqual([]);
    });

    it('can be those of whom no answer has come since a moment', async () => {
      await using stores = await open();
      await stores.add(true, [1, 2, 3, 4].map(pnr));
      await stores.known.put([
        sent(pnr(1), '0380', 999),
        sent(pnr(2), '0380', 1_000),
        unknown(pnr(3), 1_001),
      ]);
      expect(await all(stores.askable, { selection: 'in-master', askedBefore: 1_000 })).toEqual(
        texts(pnr(1), pnr(4)),
      );
      expect(await all(stores.askable, { selection: 'unanswered', askedBefore: 1_000 })).toEqual(
        texts(pnr(4)),
      );
    });

    it('are unanswered while no record of them was sent', async () => {
      await using stores = await open();
      await stores.add(true, [pnr(1), pnr(2), pnr(3)]);
      await stores.add(false, [pnr(4), { root: STRANGE_ROOT, extension: 'X-1' }]);
      await stores.known.put([
        sent(pnr(1), null),
        unknown(pnr(2)),
        { ...unknown(pnr(3)), state: 'test-person' },
      ]);
      expect(await all(stores.askable, { selection: 'unanswered' })).toEqual(
        texts(pnr(2), pnr(3), pnr(4)),
      );
    });

    it('are elsewhere when neither a search by county nor one by root finds them', async () => {
      await using stores = await open();
      await stores.known.put([
        sent(pnr(1), '0380'),
        sent(pnr(2), '03-protected'),
        sent(pnr(3), '0480'),
        sent(pnr(4), '04-protected'),
        sent(pnr(5), '0481'),
        sent(pnr(6), '04'),
        sent(pnr(7), null),
        sent(pnr(8), '1280'),
        unknown(pnr(9)),
        sent({ root: OWN_ROOT, extension: 'R-1' }, null),
      ]);
      expect(await all(stores.askable, { selection: 'elsewhere' })).toEqual(
        texts(pnr(5), pnr(6), pnr(7), pnr(8)),
      );
      expect(await all(stores.askable, { selection: 'everyone' })).toHaveLength(9);
    });
  });
}
