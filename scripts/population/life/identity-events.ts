/** Numbers that are given, replaced, linked and unlinked, and rows that Master loses and gets. */

import { currentNumber } from '../held-identities.ts';
import { BLOCK, blockTraits } from '../household.ts';
import { RESERVE_KINDS, type ReserveKind } from '../identity-giver.ts';
import type { HeldIdentity, SyntheticPerson } from '../synthetic-person.ts';
import {
  isAlive,
  type LifeEvent,
  type LifeScene,
  livesAtAddress,
  mainOf,
  RANK,
  relatives,
} from './life-event.ts';
import type { LifeKind } from './life-kinds.ts';

const isReserve = ({ kind }: HeldIdentity): boolean => kind === 'LRID' || kind === 'NRID';

/** Somebody with a samordningsnummer gets a personnummer, and is registered from then on. */
const personalNumberGiven: LifeEvent = {
  canHappenTo: (person, scene) =>
    isAlive(person) &&
    mainOf(person).kind === 'SNR' &&
    scene.householdOf(person.index) !== undefined,
  happen: (person, _, scene) => {
    const place = scene.householdOf(person.index);
    if (place === undefined) return [];
    const given = scene.giver.birthNumber(place, 'PNR');
    const { home } = scene.population.options.region.municipalities;
    const { postalAddress: _address, ...rest } = person;
    return [
      {
        ...rest,
        identities: replaced(person.identities, currentNumber('PNR', given), scene.today),
        sex: given.sex,
        birthDate: given.birthDate,
        maritalStatus: 'OG',
        residence: scene.newResidence(scene.random.pick(home), null),
        payerCode: null,
      },
    ];
  },
};

/**
 * Another personnummer, since the birth date or the legal sex was changed. Their relatives' records name the new one. There is one such
 * number for each block of people.
 */
const numberChanged: LifeEvent = {
  canHappenTo: (person, scene) =>
    livesAtAddress(person) &&
    !scene.isChild(person) &&
    mainOf(person).kind === 'PNR' &&
    hasFreeNumber(person, scene),
  othersOf: (person) => relatives(person, ['M', 'P', 'B', 'VF']),
  happen: (person, others, scene) => {
    const given = scene.giver.formerNumber(person.index);
    const changed: SyntheticPerson = {
      ...person,
      identities: replaced(person.identities, currentNumber('PNR', given), scene.today),
      sex: given.sex,
      birthDate: given.birthDate,
    };
    return [changed, ...others];
  },
};

function hasFreeNumber({ index, identities }: SyntheticPerson, scene: LifeScene): boolean {
  const { seed } = scene.population.options;
  if (blockTraits(seed, Math.floor(index / BLOCK)).changedNumberAt !== index % BLOCK) return false;
  const { number } = scene.giver.formerNumber(index);
  return !identities.some(({ extension }) => extension === number);
}

/** The main identity lives on with a reference to the new one; a reserve identity that was linked to it is linked to the new one. */
function replaced(
  identities: readonly HeldIdentity[],
  given: HeldIdentity,
  today: string,
): readonly HeldIdentity[] {
  const last = identities.at(-1);
  return [
    ...identities.map((identity) =>
      identity === last
        ? {
            ...identity,
            replacedBy: given.extension,
            replacedOn: today,
            isLinked: identity.inPu,
          }
        : identity,
    ),
    { ...given, inPu: last?.inPu ?? true, inMaster: last?.inMaster ?? true },
  ];
}

/** A care giver gives a reserve number to somebody whom it cannot identify, or a national one beside a local one. */
const reserveGiven: LifeEvent = {
  canHappenTo: (person) => isAlive(person) && freeReserveKinds(person).length > 0,
  happen: (person, _, { giver, population, random }) => {
    const kind = random.pick(freeReserveKinds(person));
    const isNational = kind === 'national';
    const identity: HeldIdentity = {
      ...RESERVE_KINDS[kind],
      extension: giver.reserveNumber(person.index, kind).number,
      replacedBy: null,
      isLinked: false,
      inMaster: !isNational || random.chance(0.5),
      inPu: isNational || random.chance(population.shares.localReserveInPu),
    };
    const isStronger = (other: HeldIdentity): boolean => RANK[other.kind] > RANK[identity.kind];
    const weaker = person.identities.filter((other) => !isStronger(other));
    const stronger = person.identities.filter(isStronger);
    return [{ ...person, identities: [...weaker, identity, ...stronger] }];
  },
};

function freeReserveKinds({ identities }: SyntheticPerson): readonly ReserveKind[] {
  const main = identities.at(-1);
  if (main === undefined) return [];
  const kinds: readonly ReserveKind[] = ['stockholm', 'unstated', 'national'];
  return kinds.filter((kind) => {
    const { root, kind: held } = RESERVE_KINDS[kind];
    // One local number is no better than another: who has only one gets a national one.
    const isBelow = held === 'NRID' || RANK[held] < RANK[main.kind];
    return isBelow && !identities.some((identity) => identity.root === root);
  });
}

/** LRID → NRID → SNR → PNR (TKB 5.1 ch. 6.13): to the person's main identity, which PU has to know. */
function canBeLinked(identity: HeldIdentity, { identities }: SyntheticPerson): boolean {
  const main = identities.at(-1);
  return (
    main?.inPu === true &&
    isReserve(identity) &&
    !identity.isLinked &&
    RANK[identity.kind] < RANK[main.kind]
  );
}

const reserveLinked: LifeEvent = {
  canHappenTo: (person) =>
    isAlive(person) && person.identities.some((identity) => canBeLinked(identity, person)),
  happen: (person) => {
    const linked = person.identities.find((identity) => canBeLinked(identity, person));
    return [withIdentity(person, linked, { isLinked: true, inPu: true })];
  },
};

/** It was linked to the wrong person. */
const reserveUnlinked: LifeEvent = {
  canHappenTo: (person) => person.identities.some(isLinkedReserve),
  happen: (person) => [
    withIdentity(person, person.identities.find(isLinkedReserve), { isLinked: false }),
  ],
};

function isLinkedReserve(identity: HeldIdentity): boolean {
  return isReserve(identity) && identity.isLinked;
}

function withIdentity(
  person: SyntheticPerson,
  changed: HeldIdentity | undefined,
  parts: Partial<HeldIdentity>,
): SyntheticPerson {
  const identities = person.identities.map((identity) =>
    identity === changed ? { ...identity, ...parts } : identity,
  );
  return { ...person, identities };
}

const rowDeleted: LifeEvent = {
  canHappenTo: (person) => !isAlive(person) && mainOf(person).inPu && mainOf(person).inMaster,
  happen: (person) => [
    {
      ...person,
      identities: person.identities.map((identity) => ({ ...identity, inMaster: false })),
    },
  ],
};

const rowAdded: LifeEvent = {
  canHappenTo: (person) => isAlive(person) && !mainOf(person).inMaster,
  happen: (person) => [withIdentity(person, mainOf(person), { inMaster: true })],
};

export const IDENTITY_EVENTS = {
  'personal-number-given': personalNumberGiven,
  'number-changed': numberChanged,
  'reserve-given': reserveGiven,
  'reserve-linked': reserveLinked,
  'reserve-unlinked': reserveUnlinked,
  'row-deleted': rowDeleted,
  'row-added': rowAdded,
} as const satisfies Partial<Record<LifeKind, LifeEvent>>;
