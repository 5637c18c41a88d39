/** Puts together from the rows of the table set what was told of each person: the way of a consumer, in the words of this test alone. */
type Cell = unknown;
type Rows = readonly Readonly<Record<string, Cell>>[];
type Read = (text: string) => Promise<Rows>;

/** A person as the rows have it. What the profile does not ask for and what is not known look the same. */
export type ReadPerson = Readonly<Record<string, unknown>>;

const CHILDREN = [
  'hub_identity',
  'hub_address',
  'hub_contact',
  'hub_relation',
  'hub_contact_person',
  'hub_contact_person_channel',
] as const;
type ChildName = (typeof CHILDREN)[number];
type Children = Readonly<Record<ChildName, Rows>>;

/** Everybody in the tables, by person key. Rows of children without a person make it fail. */
export async function readTableRows(read: Read): Promise<ReadonlyMap<string, ReadPerson>> {
  const persons = await read('SELECT * FROM hub_person WHERE left_at IS NULL');
  const keys = new Set(persons.map(keyOf));
  const byPerson = new Map<string, Record<ChildName, Rows[number][]>>();
  for (const table of CHILDREN) {
    for (const row of await read(`SELECT * FROM ${table} ORDER BY person_key, place`)) {
      const key = keyOf(row);
      if (!keys.has(key)) throw new Error(`${table} has a row of nobody.`);
      const children = byPerson.get(key) ?? noChildren();
      byPerson.set(key, children);
      children[table].push(row);
    }
  }
  return new Map(
    persons.map((row) => [keyOf(row), personOf(row, byPerson.get(keyOf(row)) ?? noChildren())]),
  );
}

function noChildren(): Record<ChildName, Rows[number][]> {
  return {
    hub_identity: [],
    hub_address: [],
    hub_contact: [],
    hub_relation: [],
    hub_contact_person: [],
    hub_contact_person_channel: [],
  };
}

function keyOf(row: Rows[number]): string {
  return String(row['person_key']).toLowerCase();
}

function personOf(row: Rows[number], children: Children): ReadPerson {
  return {
    kind: row['kind'],
    generation: Number(row['generation']),
    version: Number(row['version']),
    testPerson: row['test_person'],
    protectedPerson: row['protected_person'],
    protectedPopulationRecord: row['protected_population_record'],
    name: {
      givenName: row['given_name'],
      givenNameIndicator: row['given_name_indicator'],
      middleName: row['middle_name'],
      surname: row['surname'],
      notificationName: row['notification_name'],
    },
    sex: row['sex'],
    birthDate: row['birth_date'],
    deregistration: row['deregistration_reason'] && {
      reason: row['deregistration_reason'],
      date: row['deregistration_date'],
      foundDeadAt: row['found_dead_at'],
    },
    membership: row['membership_level'] && {
      level: row['membership_level'],
      countyCode: row['membership_county'],
      municipalityCode: row['membership_municipality'],
      reason: row['membership_reason'],
      from: row['membership_from'],
    },
    maritalStatus: row['marital_status'],
    parishCode: row['parish_code'],
    propertyDesignation: row['property_designation'],
    identities: children.hub_identity.map(({ root, extension, type, main }) => ({
      root,
      extension,
      type,
      main,
    })),
    addresses: children.hub_address.map((one) => ({
      kind: one['kind'],
      careOf: one['care_of'],
      lines: one['lines'],
      postalCode: one['postal_code'],
      city: one['city'],
      country: one['country'],
    })),
    contacts: children.hub_contact.map((one) => ({
      channel: one['channel'],
      value: one['value'],
      consent: one['consent'],
      digitalNotification: one['digital_notification'],
    })),
    relations: children.hub_relation.map((one) => ({
      kind: one['kind'],
      identity: one['root'] && { root: one['root'], extension: one['extension'] },
      birthDate: one['birth_date'],
      name: shortName(one),
      from: one['valid_from'],
      to: one['valid_to'],
    })),
    contactPersons: children.hub_contact_person.map((one) => ({
      relationship: one['relationship'],
      priority: one['priority'],
      name: shortName(one),
      contacts: children.hub_contact_person_channel
        .filter((channel) => channel['contact_place'] === one['place'])
        .map(({ channel, value }) => ({ channel, value })),
    })),
  };
}

function shortName(row: Rows[number]) {
  return {
    givenName: row['given_name'],
    middleName: row['middle_name'],
    surname: row['surname'],
  };
}
