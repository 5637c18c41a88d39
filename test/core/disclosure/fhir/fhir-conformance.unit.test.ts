/** Whether the validator that the other tests trust sees what is wrong, and whether the codes and extensions of a Patient are HL7's. */
import { expect, it } from 'vitest';
import { RELATION_KINDS } from '../../../../core/mapping/person-evidence.ts';
import { pnr } from '../../../support/person-builder.ts';
import { personOf, protectedOf, relationOf } from '../disclosure-builder.ts';
import { everythingOf, patientOf } from './fhir-arbitraries.ts';
import {
  codesOf,
  describeWithValidator,
  elementsOfExtension,
  validateFhir,
} from './fhir-validator.ts';

const patient = patientOf(everythingOf(personOf()));
const SAYS_TWO_THINGS = {
  url: 'http://example.se/two',
  valueString: 'one',
  extension: [{ url: 'other', valueCode: 'two' }],
};

describeWithValidator('the validator', () => {
  it('finds nothing wrong with a Patient', () => {
    expect(validateFhir(patient)).toEqual([]);
  });

  it.each([
    ['a key that R4 does not have', { nickname: 'Eva' }, /additional property/],
    ['a date that is none', { birthDate: '1890-13' }, /Invalid date/],
    ['one thing where a list belongs', { name: { family: 'Testberg' } }, /array/],
    ['a contact without a name', { contact: [{ relationship: [{ text: 'mother' }] }] }, /pat-1/],
    ['a null', { gender: null }, /null/],
    ['two answers about a death', { deceasedBoolean: true, deceasedDateTime: '1954' }, /choice/],
    ['an extension that says two things', { extension: [SAYS_TWO_THINGS] }, /ext-1/],
  ])('finds %s', (_title, change, problem) => {
    expect(validateFhir({ ...patient, ...change }).join()).toMatch(problem);
  });
});

const CONTACT_WORDS = ['spouse', 'cohabitant', 'child', 'sibling', 'mother', 'father'];
const MORE_CONTACT_WORDS = ['custodian', 'friend', 'god-man', 'other'];

/** Together they say everything that the format can say. */
const everything = [
  ...(['OG', 'G', 'Ä', 'S', 'RP', 'SP', 'EP'] as const).map((maritalStatus) =>
    personOf({ maritalStatus }),
  ),
  ...(['male', 'female', 'unknown', 'not-applicable'] as const).map((sex) =>
    personOf({ sex, testPerson: true }),
  ),
  ...(['residential', 'special-postal', 'given', 'abroad'] as const).map((kind) =>
    personOf({
      addresses: personOf().addresses.map((one) => ({ ...one, kind, careOf: 'Provlund' })),
    }),
  ),
  personOf({ relations: RELATION_KINDS.map((kind) => relationOf(kind, pnr(2))) }),
  personOf({
    contactPersons: [...CONTACT_WORDS, ...MORE_CONTACT_WORDS].flatMap((relationship) =>
      personOf().contactPersons.map((one) => ({ ...one, relationship })),
    ),
  }),
  personOf({ contacts: ['phone', 'mobile', 'email'].map(contactOf) }),
  ...[true, false].map((protectedPopulationRecord) => protectedOf({ protectedPopulationRecord })),
].map((golden) => patientOf(everythingOf(golden)));

function contactOf(channel: string) {
  const value = `${channel}@example.se`;
  return { channel: channel as 'phone' | 'mobile' | 'email', value, consent: null };
}

/** Every object in a value, however deep, with the path of the element that it stands in: `Patient.name.given`. */
function objectsIn(value: unknown, path: string): readonly (readonly [string, object])[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => objectsIn(one, path));
  if (typeof value !== 'object' || value === null) return [];
  const deeper = Object.entries(value).flatMap(([key, one]) =>
    objectsIn(one, key === 'extension' ? path : `${path}.${key.replace(/^_/, '')}`),
  );
  return [[path, value], ...deeper];
}
const objects = everything.flatMap((one) => objectsIn(one, 'Patient'));

describeWithValidator('what a Patient says', () => {
  it('has the codes of HL7, in code systems that R4 has', () => {
    const codings = objects.flatMap(([, one]) => ('code' in one && 'system' in one ? one : []));
    const ofHl7 = codings.filter(({ system }) => String(system).includes('hl7.org'));
    expect(new Set(ofHl7.map(({ system }) => system)).size).toBe(5);
    for (const { system, code } of ofHl7) {
      expect(codesOf(String(system)), `${String(system)} ${String(code)}`).toContain(code);
    }
  });

  it.each([
    ['gender', 'administrative-gender', 4],
    ['use of an identifier', 'identifier-use', 1],
    ['use of a name', 'name-use', 1],
    ['use of an address', 'address-use', 1],
    ['type of an address', 'address-type', 2],
    ['kind of telecom', 'contact-point-system', 2],
    ['use of telecom', 'contact-point-use', 1],
  ])('has for %s the words that R4 allows', (what, system, count) => {
    const said = new Set(everything.flatMap((one) => requiredWords(one)[what] ?? []));
    expect(said.size).toBe(count);
    const allowed = codesOf(`http://hl7.org/fhir/${system}`);
    for (const one of said) expect(allowed).toContain(one);
  });

  it('has the extensions of R4 where R4 allows them', () => {
    const extensions = objects.flatMap(([path, one]) =>
      'url' in one && typeof one.url === 'string' ? [{ path, url: one.url }] : [],
    );
    const ofHl7 = extensions.filter(({ url }) => url.startsWith('http://hl7.org/'));
    expect(new Set(ofHl7.map(({ url }) => url)).size).toBe(4);
    for (const { path, url } of ofHl7) {
      const elements = elementsOfExtension(url) ?? [];
      const isThere = elements.some((one) => one === 'Element' || asType(path).endsWith(one));
      expect(isThere, `${url} on ${path}, allowed on ${elements.join()}`).toBe(true);
    }
  });
});

/** R4 names where an extension may stand by the type, not by the path to it. */
const asType = (path: string): string =>
  path
    .replace(/^Patient(\.contact)?\.name\b/, 'HumanName')
    .replace(/^Patient\.address\b/, 'Address');

/** What stands where R4 leaves no choice of code systems. */
function requiredWords(one: (typeof everything)[number]): Readonly<Record<string, unknown[]>> {
  const open = 'address' in one || 'telecom' in one ? one : undefined;
  return {
    gender: [one.gender].filter(Boolean),
    'use of an identifier': one.identifier.flatMap(({ use }) => use ?? []),
    'use of a name': one.name?.flatMap(({ use }) => use ?? []) ?? [],
    'use of an address': open?.address?.flatMap(({ use }) => use ?? []) ?? [],
    'type of an address': open?.address?.flatMap(({ type }) => type ?? []) ?? [],
    'kind of telecom': open?.telecom?.map(({ system }) => system) ?? [],
    'use of telecom': open?.telecom?.flatMap(({ use }) => use ?? []) ?? [],
  };
}
