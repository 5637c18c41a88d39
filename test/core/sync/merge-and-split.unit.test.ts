import { beforeEach, describe, expect, it } from 'vitest';
import type { PersonEvidence, StatedLink } from '../../../core/mapping/person-evidence.ts';
import { type Identity, OID_NRID, OID_SNR } from '../../../core/person/person-identifier.ts';
import { applyDecision } from '../../../core/sync/apply-decision.ts';
import { stepDerivation } from '../../../core/sync/rederive.ts';
import { PlainStore } from '../../scenarios/plain-store.ts';
import { evidence, pnr } from '../../support/person-builder.ts';
import { testRules } from '../../support/test-rules.ts';
import { feed } from './feed.ts';

const SNR: Identity = { root: OID_SNR, extension: '189001619817' };
const NRID: Identity = { root: OID_NRID, extension: 'impossible-1' };

const about = (identity: Identity, change: Partial<PersonEvidence> = {}): PersonEvidence =>
  evidence({ identity, ...change });
const linked = (identity: Identity): Pick<PersonEvidence, 'links'> => ({
  links: [{ kind: 'linked', identity } satisfies StatedLink],
});

let store: PlainStore;
beforeEach(() => {
  store = new PlainStore();
});

/** What a reader of the compacted topic has: each key as it was written last. */
function topic() {
  return store.persons.map(({ personKey, version, golden, redirectTo }) => ({
    key: store.firstIdentity(personKey)?.extension,
    version,
    is:
      golden !== null
        ? golden.identities.map(({ extension }) => extension)
        : redirectTo !== null
          ? { redirectTo: store.firstIdentity(redirectTo)?.extension }
          : 'nobody',
  }));
}

function events(): readonly string[] {
  return store
    .takeNews()
    .events.map(
      ({ personKey, event }) => `${store.firstIdentity(personKey)?.extension} ${event.type}`,
    );
}

describe('two published persons whom PU links', () => {
  beforeEach(async () => {
    await feed(store, 'master', about(SNR), about(pnr()));
    store.takeNews();
    await feed(store, 'pu', about(pnr(), linked(SNR)));
  });

  it('are one, under the key that was first seen; the other key leads there', () => {
    expect(topic()).toEqual([
      { key: SNR.extension, version: 2, is: [pnr().extension, SNR.extension] },
      { key: pnr().extension, version: 2, is: { redirectTo: SNR.extension } },
    ]);
    expect(events()).toEqual([
      `${SNR.extension} persons-merged`,
      `${SNR.extension} identity-superseded`,
      `${SNR.extension} identity-linked`,
      `${pnr().extension} persons-merged`,
    ]);
  });

  it('are two again, under their own keys and without a trace of each other, when PU takes the link back', async () => {
    store.takeNews();
    await feed(store, 'pu', about(pnr()));
    expect(topic()).toEqual([
      { key: SNR.extension, version: 3, is: [SNR.extension] },
      { key: pnr().extension, version: 3, is: [pnr().extension] },
    ]);
    expect(events()).toEqual([
      `${SNR.extension} persons-split`,
      `${SNR.extension} identity-superseded`,
      `${SNR.extension} identity-unlinked`,
      `${pnr().extension} persons-split`,
    ]);
    const [first, second] = store.persons;
    expect(JSON.stringify(first?.golden)).not.toContain(pnr().extension);
    expect(JSON.stringify(second?.golden)).not.toContain(SNR.extension);
  });

  it('leave the key that returns with nothing when its own evidence is gone meanwhile', async () => {
    await feed(store, 'master', { removed: pnr() });
    await feed(store, 'pu', about(pnr()));
    expect(topic()).toMatchObject([
      { key: SNR.extension, is: [SNR.extension] },
      { key: pnr().extension, version: 3, is: 'nobody' },
    ]);
  });

  it('become three, and every old key leads to the first in one step', async () => {
    await feed(store, 'master', about(NRID));
    await feed(store, 'pu', about(NRID, linked(pnr())));
    expect(topic()).toMatchObject([
      { key: SNR.extension, is: [pnr().extension, SNR.extension, NRID.extension] },
      { key: pnr().extension, version: 2, is: { redirectTo: SNR.extension } },
      { key: NRID.extension, version: 2, is: { redirectTo: SNR.extension } },
    ]);
  });
});

describe('an earlier-seen identity that is linked later', () => {
  it('takes the person over, and keys that led to the former one lead to it', async () => {
    await feed(store, 'master', about(NRID));
    await feed(store, 'master', about(SNR), about(pnr()));
    await feed(store, 'pu', about(pnr(), linked(SNR)));
    await feed(store, 'pu', about(NRID, linked(SNR)));
    expect(topic()).toMatchObject([
      { key: NRID.extension, is: [pnr().extension, SNR.extension, NRID.extension] },
      { key: SNR.extension, is: { redirectTo: NRID.extension } },
      { key: pnr().extension, is: { redirectTo: NRID.extension } },
    ]);
  });
});

describe('an identity that only a link speaks of', () => {
  it('is an alias, and makes no person, no merge and no split when it goes', async () => {
    const first = await feed(store, 'pu', about(pnr(), linked(NRID)));
    await feed(store, 'master', about(pnr()));
    expect(first).toMatchObject({ merged: 0, split: 0 });
    expect(topic()).toMatchObject([{ is: [pnr().extension, NRID.extension] }]);
    store.takeNews();
    expect(await feed(store, 'pu', about(pnr()))).toMatchObject({ split: 0 });
    expect(events()).toEqual([`${pnr().extension} identity-unlinked`]);
  });
});

describe('a person who is known by the key of an identity that was first seen and that others only mention', () => {
  it('has a key of its own after they part, and the former key is told to have parted and is nobody', async () => {
    await feed(store, 'master', about(NRID));
    await feed(store, 'master', { removed: NRID }, about(pnr()));
    await feed(store, 'pu', about(pnr(), linked(NRID)));
    expect(topic()).toMatchObject([
      { key: NRID.extension, is: [pnr().extension, NRID.extension] },
      { key: pnr().extension, is: { redirectTo: NRID.extension } },
    ]);
    store.takeNews();
    expect(await feed(store, 'pu', about(pnr()))).toMatchObject({ split: 2 });
    expect(topic()).toMatchObject([
      { key: NRID.extension, is: 'nobody' },
      { key: pnr().extension, is: [pnr().extension] },
    ]);
    expect(events()).toEqual([
      `${NRID.extension} persons-split`,
      `${pnr().extension} persons-split`,
    ]);
  });
});

describe('somebody who is joined with a protected person', () => {
  it('is protected, also under the key that ends, and what was sent under both is to be forgotten', async () => {
    await feed(store, 'master', about(SNR), about(pnr()));
    store.takeNews();
    await feed(
      store,
      'pu',
      about(pnr(), { ...linked(SNR), protectedPerson: true, addresses: [], contacts: [] }),
    );
    expect(store.persons).toMatchObject([
      { golden: { kind: 'protected-person' } },
      { golden: null },
    ]);
    const { purges } = store.takeNews();
    expect(purges.map(({ reason }) => reason)).toEqual(['protection-raised', 'protection-raised']);
  });
});

describe('somebody who leaves a person and is protected in the same moment', () => {
  it('is to be forgotten under the key that told of both, too', async () => {
    await feed(store, 'master', about(NRID, { contacts: [], addresses: [] }), about(pnr()));
    await feed(store, 'pu', about(pnr(), linked(NRID)));
    store.takeNews();
    await feed(store, 'pu', about(pnr(), { protectedPerson: true, addresses: [], contacts: [] }));
    const { purges } = store.takeNews();
    expect(purges.map(({ personKey }) => store.firstIdentity(personKey)?.extension)).toEqual([
      pnr().extension,
      NRID.extension,
    ]);
    expect(purges[1]).toMatchObject({ reason: 'protection-raised', upToVersion: 2 });
  });
});

describe('evidence that links two who were never made one group', () => {
  const asBeforeGroups = async (): Promise<void> => {
    await feed(store, 'master', about(pnr()), about(NRID));
    const key = store.identity(NRID)?.identityKey;
    const kept = key && store.state.identities.get(key);
    if (kept === undefined) throw new Error('the number is not there');
    const stored = kept.evidence.map((one) => ({
      ...one,
      content: one.content && { ...one.content, links: linked(pnr()).links },
    }));
    store.state.identities.set(kept.identityKey, { ...kept, evidence: stored });
  };

  it('joins them when it is derived again', async () => {
    await asBeforeGroups();
    await store.askForDerivation('rebuild');
    const options = { pageIdentities: 1, maxVanishingShare: 1, leastVanishing: 0 };
    while ((await stepDerivation(store, testRules, options)).kind === 'page');
    expect(topic()).toMatchObject([
      { key: pnr().extension, is: [pnr().extension, NRID.extension] },
      { key: NRID.extension, is: { redirectTo: pnr().extension } },
    ]);
  });

  it('joins them when anything is said of one of them', async () => {
    await asBeforeGroups();
    await feed(store, 'pu', about(NRID));
    expect(topic()).toMatchObject([{ is: [pnr().extension, NRID.extension] }, {}]);
  });
});

describe('two whom somebody decides to be one after their link was taken back', () => {
  it('are one', async () => {
    await feed(
      store,
      'master',
      about(NRID),
      about(pnr(), { links: [{ kind: 'referred', identity: NRID }] }),
    );
    const [question] = [...store.state.items.values()];
    if (question === undefined) throw new Error('nobody is asked');
    const decide = async (commandId: bigint, choice: 'noted' | 'same-person') =>
      await applyDecision(
        store,
        {
          commandId,
          about: question,
          choice,
          reason: 'case',
          decidedBy: 'op',
          decidedAt: '2026-01-02T00:00:00Z',
        },
        [NRID, pnr()],
        testRules,
      );
    expect(await decide(1n, 'noted')).toBe('done');
    await feed(store, 'master', about(pnr()));
    expect(await decide(2n, 'same-person')).toBe('done');
    expect(topic()).toMatchObject([{ is: [pnr().extension, NRID.extension] }, {}]);
  });
});
