import type { PersonName, ShortName } from '../../mapping/person-evidence.ts';
import { CALLED_NAME, middleNameExtension, ownFamilyExtension } from './fhir-systems.ts';
import type { FhirHumanName } from './fhir-types.ts';

/** @returns undefined when nothing of the name is known. */
export function fhirPersonName(name: PersonName): FhirHumanName | undefined {
  const { givenNameIndicator, notificationName } = name;
  const parts = nameParts(name);
  if (parts === undefined && notificationName === null) return undefined;
  const { extension, given, ...family } = parts ?? {};
  const called = calledNames(given ?? [], givenNameIndicator);
  return {
    ...(extension && { extension }),
    use: 'official',
    ...(notificationName !== null && { text: notificationName }),
    ...family,
    ...(given && { given }),
    ...(called.includes(true) && {
      _given: called.map((isCalled) => (isCalled ? CALLED_NAME : null)),
    }),
  };
}

/**
 * The name in parts. The middle name is a part of the family name, and by an extension of HL7 Sweden what the middle name and what the surname is.
 *
 * @returns undefined when nothing of the name is known.
 */
export function nameParts({
  givenName,
  middleName,
  surname,
}: ShortName): Pick<FhirHumanName, 'extension' | 'family' | 'given'> | undefined {
  const given = wordsOf(givenName);
  const family = [middleName, surname].filter((part) => part !== null).join(' ');
  if (given.length === 0 && family === '') return undefined;
  return {
    ...(middleName !== null && {
      extension: [
        middleNameExtension(middleName),
        ...(surname === null ? [] : [ownFamilyExtension(surname)]),
      ],
    }),
    ...(family !== '' && { family }),
    ...(given.length > 0 && { given }),
  };
}

function wordsOf(text: string | null): readonly string[] {
  return text?.split(/\s+/).filter((word) => word !== '') ?? [];
}

/**
 * Which given names are the called one, by its indicator: the first digit is its position, the second the position of its second part or 0, and a name
 * with a hyphen counts as two (IS Namn). Nothing is marked when the indicator does not fit the names, or means but a part of one: R4 marks whole names, and
 * a wrong name is worse than none.
 */
function calledNames(given: readonly string[], indicator: number | null): readonly boolean[] {
  if (indicator === null) return [];
  const wanted = new Set([Math.floor(indicator / 10), indicator % 10]);
  wanted.delete(0);
  let position = 0;
  let fits = 0;
  const called = given.map((name) => {
    const parts = name.split('-').map(() => ++position);
    const isCalled = parts.every((part) => wanted.has(part));
    if (isCalled) fits += parts.length;
    return isCalled;
  });
  return fits === wanted.size ? called : [];
}
