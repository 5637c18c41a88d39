/** Births, marriages, deaths and custody, with what they mean for the relatives (relation codes of SKV 02003). */
import type { SyntheticPerson } from '../synthetic-person.ts';
import {
  hasRelation,
  isAlive,
  type LifeEvent,
  livesAtAddress,
  livesTogether,
  mainOf,
  relatives,
  withoutRelation,
  withRelation,
} from './life-event.ts';
import type { LifeKind } from './life-kinds.ts';

const SPOUSES = ['M', 'P'];
const PARENTS = ['MO', 'FA', 'F'];
const MARRIED = ['G', 'RP'];
/** What a marriage or partnership becomes when the other one dies, and when it is dissolved (SKV, Civilståndskoder). */
const WIDOWED: Readonly<Record<string, string>> = { G: 'Ä', RP: 'EP' };
const DIVORCED: Readonly<Record<string, string>> = { G: 'S', RP: 'SP' };

const born: LifeEvent = {
  canHappenTo: (person, scene) =>
    scene.hasNewIndex &&
    person.sex === 'female' &&
    !scene.isChild(person) &&
    livesAtAddress(person) &&
    person.residence.special === null,
  othersOf: (mother) => relatives(mother, SPOUSES),
  happen: (mother, spouses, scene) => {
    if (!livesAtAddress(mother)) return [];
    const index = scene.newIndex;
    const parents = [mother, ...spouses.filter((spouse) => livesTogether(mother, spouse))];
    const { middleName: _, notificationName: __, ...name } = scene.population.at(index).name;
    const child: SyntheticPerson = {
      ...scene.population.at(index),
      name: {
        ...name,
        ...(mother.name.surname === undefined ? {} : { surname: mother.name.surname }),
      },
      protectedPerson: mother.protectedPerson,
      maritalStatus: 'OG',
      residence: { ...mother.residence, since: scene.today },
      former: [],
      contacts: [],
      masterConsent: null,
      contactPersons: [],
      optoutPaper: false,
      relations: parents.flatMap((parent, i) => [
        { index: parent.index, type: parentType(parent, i) },
        { index: parent.index, type: 'V' },
      ]),
    };
    return [
      child,
      ...parents.map((parent) => withRelation(withRelation(parent, index, 'B'), index, 'VF')),
    ];
  },
};

/** The second of two parents of the same sex is `F`, förälder. */
function parentType({ sex }: SyntheticPerson, position: number): string {
  if (position === 0) return 'MO';
  return sex === 'male' ? 'FA' : 'F';
}

const married: LifeEvent = {
  canHappenTo: (person, scene) =>
    isFree(person) && livesAtAddress(person) && scene.otherAdultOf(person) !== undefined,
  othersOf: (person, scene) => listOf(scene.otherAdultOf(person)),
  happen: (person, [other], { random }) => {
    if (other === undefined || !isFree(other) || !livesTogether(person, other)) return [];
    const takesName = random.chance(0.5) && other.name.surname !== undefined;
    const { notificationName: _, ...name } = person.name;
    const renamed = takesName
      ? { ...person, name: { ...name, surname: other.name.surname ?? '' } }
      : person;
    return [
      { ...withRelation(renamed, other.index, 'M'), maritalStatus: 'G' },
      { ...withRelation(other, person.index, 'M'), maritalStatus: 'G' },
    ];
  },
};

function isFree(person: SyntheticPerson): boolean {
  return (
    isAlive(person) &&
    !hasRelation(person, SPOUSES) &&
    person.maritalStatus !== null &&
    !MARRIED.includes(person.maritalStatus)
  );
}

const divorced: LifeEvent = {
  canHappenTo: (person) =>
    isAlive(person) &&
    hasRelation(person, SPOUSES) &&
    person.maritalStatus !== null &&
    person.maritalStatus in DIVORCED,
  othersOf: (person) => relatives(person, SPOUSES),
  happen: (person, [other]) =>
    other === undefined || !hasRelation(other, SPOUSES, person.index)
      ? []
      : [parted(person, other, DIVORCED), parted(other, person, DIVORCED)],
};

function parted(
  person: SyntheticPerson,
  from: SyntheticPerson,
  becomes: Readonly<Record<string, string>>,
): SyntheticPerson {
  const { maritalStatus } = person;
  return {
    ...withoutRelation(person, SPOUSES, from.index),
    maritalStatus: becomes[maritalStatus ?? ''] ?? maritalStatus,
  };
}

const died: LifeEvent = {
  canHappenTo: (person) => isAlive(person) && mainOf(person).kind === 'PNR',
  othersOf: (person) => relatives(person, [...SPOUSES, 'VF', 'V']),
  happen: (person, others, scene) => {
    const dead = withoutRelation(person, [...SPOUSES, 'VF', 'V']);
    const isFound = scene.random.chance(scene.population.shares.foundDead);
    return [
      {
        ...dead,
        deregistration: {
          reason: 'AV',
          date: isFound ? null : scene.today,
          foundDeadAt: isFound ? scene.today : null,
        },
      },
      ...others.map((other) => {
        const left = hasRelation(other, SPOUSES, person.index)
          ? parted(other, person, WIDOWED)
          : other;
        return withoutRelation(left, ['V', 'VF'], person.index);
      }),
    ];
  },
};

const deathAnnulled: LifeEvent = {
  canHappenTo: (person) => person.deregistration?.reason === 'AV' && mainOf(person).kind === 'PNR',
  othersOf: (person, scene) => [
    ...new Set([...listOf(scene.otherAdultOf(person)), ...relatives(person, [...PARENTS, 'B'])]),
  ],
  happen: (person, others, scene) => {
    const isChild = scene.isChild(person);
    let alive: SyntheticPerson = { ...person, deregistration: null };
    const touched: SyntheticPerson[] = [];
    const spouse = others.find(({ index }) => index === scene.otherAdultOf(person));
    const wasMarried = MARRIED.includes(person.maritalStatus ?? '');
    if (wasMarried && (spouse === undefined || isAlive(spouse))) {
      // Whoever was married to the person must be free still.
      const isWidowed = spouse?.maritalStatus === WIDOWED[person.maritalStatus ?? ''];
      if (spouse === undefined || !isWidowed || hasRelation(spouse, SPOUSES)) return [];
      const type = person.maritalStatus === 'G' ? 'M' : 'P';
      alive = withRelation(alive, spouse.index, type);
      touched.push({
        ...withRelation(spouse, person.index, type),
        maritalStatus: person.maritalStatus,
      });
    } else if (wasMarried) {
      alive = { ...alive, maritalStatus: WIDOWED[person.maritalStatus ?? ''] ?? null };
    }
    for (const other of others.filter(isAlive)) {
      if (hasRelation(person, ['B'], other.index)) {
        alive = withRelation(alive, other.index, 'VF');
        touched.push(withRelation(other, person.index, 'V'));
      } else if (isChild && hasRelation(person, PARENTS, other.index)) {
        alive = withRelation(alive, other.index, 'V');
        touched.push(withRelation(other, person.index, 'VF'));
      }
    }
    return [alive, ...touched];
  },
};

const custodyChanged: LifeEvent = {
  canHappenTo: (person, scene) =>
    scene.isChild(person) && isAlive(person) && relatives(person, PARENTS).length > 1,
  othersOf: (child) => relatives(child, PARENTS),
  happen: (child, parents, { random }) => {
    const living = parents.filter(isAlive);
    const custodians = living.filter(({ index }) => hasRelation(child, ['V'], index));
    const without = living.filter((parent) => !custodians.includes(parent));
    const [comes] = without;
    if (comes !== undefined) {
      return [withRelation(child, comes.index, 'V'), withRelation(comes, child.index, 'VF')];
    }
    if (custodians.length < 2) return [];
    const goes = random.pick(custodians);
    return [withoutRelation(child, ['V'], goes.index), withoutRelation(goes, ['VF'], child.index)];
  },
};

function listOf(index: number | undefined): readonly number[] {
  return index === undefined ? [] : [index];
}

export const FAMILY_EVENTS = {
  born,
  married,
  divorced,
  died,
  'death-annulled': deathAnnulled,
  'custody-changed': custodyChanged,
} as const satisfies Partial<Record<LifeKind, LifeEvent>>;
