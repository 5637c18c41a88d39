import { readdir } from 'node:fs/promises';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import type { County } from '../../core/person/administrative-area.ts';
import { checkConsumerProfile } from './check-consumer-profile.ts';
import { CONSUMER_FILE, type ConsumerFile } from './consumer-schema.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { Report } from './mapping-problem.ts';
import { readJson } from './read-json.ts';

const ENDING = '.json';

/**
 * The names of the profiles' files, in one order on every machine. That there is no folder says that nobody consumes yet.
 * @param report of the folder: told when it cannot be read, or has something else in it.
 */
export async function listConsumerFiles(
  folder: string,
  report: Report,
): Promise<readonly string[]> {
  try {
    const files = (await readdir(folder)).toSorted();
    const profiles = files.filter((file) => file.endsWith(ENDING));
    // A copy that an editor left behind could be the profile that was meant. Its name may be anything, so it is not told.
    if (profiles.length < files.length) report('', 'has files whose names do not end in .json');
    return profiles;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string') throw error;
    if (code !== 'ENOENT') report('', `cannot be read (${code})`);
    return [];
  }
}

/**
 * The profile in a file of the folder.
 * @param file its name in the folder.
 * @param text undefined when it could not be read.
 * @param counties undefined when the code table could not be read.
 * @returns undefined after every fault was reported.
 */
export function readConsumer(
  file: string,
  text: string | undefined,
  counties: readonly County[] | undefined,
  report: Report,
): ConsumerProfile | undefined {
  const profile = readJson(text, CONSUMER_FILE, report);
  if (profile === undefined) return undefined;
  const isCounty =
    counties && ((code: string): boolean => counties.some((county) => county.code === code));
  checkConsumerProfile(profile, file.slice(0, -ENDING.length), isCounty, report);
  return deepFreeze(profileOf(profile));
}

function profileOf({ persons, contacts, ...file }: ConsumerFile): ConsumerProfile {
  return {
    ...file,
    persons:
      persons.kind === 'membership'
        ? { kind: persons.kind, counties: new Set(persons.counties) }
        : { kind: persons.kind },
    groups: new Set(file.groups),
    contacts: contacts === undefined ? null : { ...contacts, channels: new Set(contacts.channels) },
    relations: new Set(file.relations),
    lookUp: file.lookUp ?? null,
  };
}
