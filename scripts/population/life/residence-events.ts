/** Moves: within the country with the family, out of it and back alone. */

import type { Residence, SyntheticPerson } from '../synthetic-person.ts';
import { type Municipality, makeAddressAbroad } from '../synthetic-places.ts';
import {
  hasRelation,
  type LifeEvent,
  type LifeScene,
  livesAtAddress,
  livesTogether,
  relatives,
} from './life-event.ts';
import type { LifeKind } from './life-kinds.ts';

type Settled = SyntheticPerson & { readonly residence: Residence };

/** Whoever lives with the mover and is married to them, or in their custody, moves along. */
const FAMILY = ['M', 'P', 'VF'];

function move(
  startsAt: (person: Settled, scene: LifeScene) => boolean,
  destinations: (person: Settled, scene: LifeScene) => readonly Municipality[],
): LifeEvent {
  return {
    canHappenTo: (person, scene) =>
      livesAtAddress(person) && !scene.isChild(person) && startsAt(person, scene),
    othersOf: (person) => relatives(person, FAMILY),
    happen: (person, others, scene) => {
      if (!livesAtAddress(person)) return [];
      const places = destinations(person, scene);
      if (places.length === 0) return [];
      const residence = scene.newResidence(scene.random.pick(places), person.residence);
      const movers = [person, ...others.filter((other) => livesTogether(person, other))];
      return movers.map((mover) => scene.settle(mover, residence));
    },
  };
}

const isHere = ({ residence }: Settled, scene: LifeScene): boolean => scene.isInRegion(residence);
const isElsewhere = (person: Settled, scene: LifeScene): boolean => !isHere(person, scene);

export const RESIDENCE_EVENTS = {
  'moved-within-municipality': move(
    () => true,
    ({ residence }, scene) => [scene.municipality(residence.municipality)],
  ),
  'moved-between-municipalities': move(isHere, ({ residence }, scene) =>
    scene.population.options.region.municipalities.home.filter(
      ({ code }) => code !== residence.municipality,
    ),
  ),
  'moved-out-of-region': move(
    isHere,
    (_, scene) => scene.population.options.region.municipalities.elsewhere,
  ),
  'moved-into-region': move(
    isElsewhere,
    (_, scene) => scene.population.options.region.municipalities.home,
  ),
  emigrated: {
    canHappenTo: (person, scene) =>
      livesAtAddress(person) && !scene.isChild(person) && !hasRelation(person, FAMILY),
    happen: (person, _, scene) => {
      const { line1, line2, country } = makeAddressAbroad(scene.random);
      const lines = [line1, line2].filter((line) => line !== null);
      return [
        {
          ...scene.settle(person, null),
          deregistration: { reason: 'UV', date: scene.today, foundDeadAt: null },
          addressAbroad: { lines, country: country ?? '' },
        },
      ];
    },
  },
  returned: {
    canHappenTo: (person, scene) =>
      person.deregistration?.reason === 'UV' &&
      person.former.length > 0 &&
      !person.protectedPopulationRecord &&
      !scene.isChild(person),
    happen: (person, _, scene) => {
      const { home } = scene.population.options.region.municipalities;
      const residence = scene.newResidence(scene.random.pick(home), null);
      return [
        {
          ...scene.settle(person, residence),
          deregistration: null,
          addressAbroad: null,
          immigratedOn: scene.today,
        },
      ];
    },
  },
} as const satisfies Partial<Record<LifeKind, LifeEvent>>;
