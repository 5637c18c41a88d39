import type { DisclosedGroup } from '../../core/disclosure/consumer-profile.ts';
import type { ConsumerFile } from './consumer-schema.ts';
import { type Report, reportDuplicates } from './mapping-problem.ts';

/**
 * What the shape of a profile does not say: that it is called like its file, and agrees with itself and with the code table.
 *
 * @param fileName of the file, without its ending.
 * @param isCounty undefined when the code table could not be read; then counties are not looked up.
 */
export function checkConsumerProfile(
  profile: ConsumerFile,
  fileName: string,
  isCounty: ((code: string) => boolean) | undefined,
  report: Report,
): void {
  // Two profiles of one name cannot be: a folder has one file of it.
  if (profile.name !== fileName) report('name', 'is not the name of the file');
  checkPersons(profile, isCounty, report);
  checkGroups(profile, report);
  reportEmptyOrTwice('contacts.channels', profile.contacts?.channels, report);
  reportEmptyOrTwice('relations', profile.relations, report);
  reportTwice('mainIdentity', profile.mainIdentity, report);
  checkDelivery(profile, report);
}

/** A signal without values is worth something only to who can look up, and then has no record that could be in another format. */
function checkDelivery({ delivery, lookUp, groups }: ConsumerFile, report: Report): void {
  if (delivery.kind === 'topic' && delivery.content === 'thin-signal') {
    if (lookUp === undefined) report('lookUp', 'is missing: whoever gets a thin signal looks up');
    if (delivery.format !== 'avro') {
      report('delivery.format', 'is not avro, and a thin signal has no record of a person');
    }
  }
  if (lookUp?.seesProtectedRelations === true && !groups.includes('relations')) {
    report('lookUp.seesProtectedRelations', 'is true, and groups does not have relations');
  }
}

function checkPersons(
  { persons }: ConsumerFile,
  isCounty: ((code: string) => boolean) | undefined,
  report: Report,
): void {
  const { kind, counties } = persons;
  if (kind !== 'membership') {
    if (counties !== undefined) report('persons.counties', 'goes only with the kind membership');
    return;
  }
  if (counties === undefined) report('persons.counties', 'is missing');
  for (const [i, code] of counties?.entries() ?? []) {
    if (isCounty?.(code) === false) {
      report(`persons.counties[${i}]`, 'is not a county of the code table');
    }
  }
  reportEmptyOrTwice('persons.counties', counties, report);
}

function checkGroups({ groups, contacts, relations }: ConsumerFile, report: Report): void {
  reportTwice('groups', groups, report);
  checkRule('contacts', contacts !== undefined, groups, report);
  checkRule('relations', relations !== undefined, groups, report);
}

/** A group that needs a rule has one, and there is no rule of a group that is not told. */
function checkRule(
  group: 'contacts' | 'relations',
  isThere: boolean,
  groups: readonly DisclosedGroup[],
  report: Report,
): void {
  const isTold = groups.includes(group);
  if (isTold && !isThere) report(group, `is missing: groups has ${group}`);
  if (!isTold && isThere) report(group, `is there, and groups does not have ${group}`);
}

function reportEmptyOrTwice(
  path: string,
  values: readonly string[] | undefined,
  report: Report,
): void {
  if (values?.length === 0) report(path, 'is empty');
  reportTwice(path, values ?? [], report);
}

function reportTwice(path: string, values: readonly string[], report: Report): void {
  reportDuplicates(values, (i) => report(`${path}[${i}]`, 'stands twice'));
}
