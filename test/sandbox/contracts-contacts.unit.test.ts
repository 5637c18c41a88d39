import { describe, expect, it } from 'vitest';
import { ACTOR_XML, all, createTestContracts, id, texts } from './contracts-harness.ts';
import { fullRecord, lrid, pnr, record } from './contracts-records.ts';

const PERSON = pnr('185001012389');
const FLAGS = ['protectedPersonIndicator', 'protectedPopulationRecord'] as const;

describe('GetPersonContactInformation', () => {
  const ask = id('personId', PERSON);
  const record = 'contactInformationRecord';

  it('gives contacts, contact persons, the choice of paper and who changed them', () => {
    const answer = createTestContracts([fullRecord()]).ask('GetPersonContactInformation', ask);
    expect(texts(answer, record, 'version')).toEqual(['20261101120000']);
    expect(texts(answer, record, 'personId', 'extension')).toEqual([PERSON.extension]);
    expect(texts(answer, record, 'contactInformation', 'value')).toEqual(['+46700000000']);
    expect(texts(answer, record, 'contactPerson', 'givenName')).toEqual(['Karin']);
    expect(texts(answer, record, 'optoutPaperNotification')).toEqual(['true']);
    expect(all(answer, record, 'updatePersonContactInformationActor')).toHaveLength(1);
  });

  it('gives no record of an identity that PU does not know', () => {
    const answer = createTestContracts([]).ask('GetPersonContactInformation', ask);
    expect(answer.children).toEqual([]);
  });

  it.each(FLAGS)(
    'tells nothing of a person with %s but that, unless it is unrestricted',
    (flag) => {
      const contracts = createTestContracts([fullRecord({ [flag]: true })]);
      const answer = contracts.ask('GetPersonContactInformation', ask);
      expect(all(answer, record)[0]?.children.map(({ name }) => name)).toEqual([
        'version',
        'personId',
        'protectedPersonIndicator',
        'protectedPopulationRecord',
      ]);
      expect(texts(answer, record, flag)).toEqual(['true']);
      const open = contracts.ask('GetPersonContactInformationUnrestricted', ask);
      expect(texts(open, record, 'contactInformation', 'value')).toEqual(['+46700000000']);
    },
  );
});

describe('UpdatePersonContactInformation', () => {
  const VERSION = '20261101120000';
  const versionToUpdate = (version: string): string =>
    `<versionToUpdate>${version}</versionToUpdate>`;
  const contact = (value: string, digital: boolean, type = 'phone', use = 'mobile'): string =>
    `<contactInformation><p:contactType>${type}</p:contactType><p:use>${use}</p:use><p:value>${value}</p:value><p:digitalNotification>${digital}</p:digitalNotification></contactInformation>`;
  const optout = (isOut: boolean): string =>
    `<optoutPaperNotification>${isOut}</optoutPaperNotification>`;
  const CONTACT_PERSON =
    '<contactPerson><p:contactRelationshipType>375005</p:contactRelationshipType><p:givenName>Nils</p:givenName></contactPerson>';

  const update = (
    content: string,
    known = [fullRecord()],
    identity = PERSON,
  ): {
    readonly code: string;
    readonly text: string;
    readonly contracts: ReturnType<typeof createTestContracts>;
  } => {
    const contracts = createTestContracts(known);
    const answer = contracts.ask(
      'UpdatePersonContactInformation',
      ACTOR_XML + id('personId', identity) + content,
    );
    const result = ['updatePersonContactInformationResult', 'result'];
    return {
      code: texts(answer, ...result, 'resultCode').join(),
      text: texts(answer, ...result, 'resultText').join(),
      contracts,
    };
  };

  it('replaces contacts and contact persons, and notes who did it and when', () => {
    const { code, contracts } = update(
      versionToUpdate(VERSION) + contact('+46700000001', true) + CONTACT_PERSON + optout(true),
    );
    const stored = contracts.register.find(PERSON);
    expect(code).toBe('OK');
    expect(stored?.contactInformation).toEqual([
      { contactType: 'phone', use: 'mobile', value: '+46700000001', digitalNotification: true },
    ]);
    expect(stored?.contactPerson).toEqual([
      { contactRelationshipType: '375005', givenName: 'Nils' },
    ]);
    expect(stored?.optoutPaperNotification).toBe(true);
    expect(stored?.updatePersonContactInformationActor).toMatchObject({
      id: { extension: 'SE165565594230-1001' },
      updateTime: '20261125120000',
    });
    expect(stored?.version).not.toBe(VERSION);
    expect(stored?.name).toEqual(fullRecord().name);
  });

  it('answers with the record that it has become', () => {
    const contracts = createTestContracts([fullRecord()]);
    const answer = contracts.ask(
      'UpdatePersonContactInformation',
      ACTOR_XML + id('personId', PERSON) + versionToUpdate(VERSION) + contact('+46700000001', true),
    );
    const path = ['updatePersonContactInformationResult', 'contactInformationRecord'];
    expect(texts(answer, ...path, 'version')).toEqual(['20261125120000']);
    expect(texts(answer, ...path, 'contactInformation', 'value')).toEqual(['+46700000001']);
  });

  it('deletes what is sent empty or not at all', () => {
    const { code, contracts } = update(
      versionToUpdate(VERSION) +
        contact('', true) +
        contact('a@example.org', false, 'email', 'home'),
    );
    const stored = contracts.register.find(PERSON);
    expect(code).toBe('OK');
    expect(stored?.contactInformation?.map(({ contactType }) => contactType)).toEqual(['email']);
    expect(stored).not.toHaveProperty('contactPerson');
    expect(stored).not.toHaveProperty('optoutPaperNotification');
  });

  it.each([
    ['another version', versionToUpdate('20261101115959')],
    ['no version', ''],
  ])('refuses %s than that of the record', (_, version) => {
    const { code, text, contracts } = update(version + contact('+46700000001', true));
    expect(code).toBe('ERROR');
    expect(text).toContain('versionToUpdate');
    expect(contracts.register.find(PERSON)).toEqual(fullRecord());
  });

  it.each(FLAGS)('refuses a person with %s', (flag) => {
    const { code, text } = update(versionToUpdate(VERSION), [fullRecord({ [flag]: true })]);
    expect(code).toBe('ERROR');
    expect(text).toContain('skyddade uppgifter');
  });

  it('refuses an identity that PU does not know', () => {
    expect(update('', [], lrid('18500101001R'))).toMatchObject({
      code: 'ERROR',
      text: 'Personen finns inte.',
    });
  });

  it.each([
    ['without any contact', ''],
    ['with contacts that are not for digital notices', contact('+46700000001', false)],
    ['with only a deleted contact for digital notices', contact('', true)],
  ])('lets nobody opt out of paper %s', (_, contacts) => {
    const { code, text, contracts } = update(versionToUpdate(VERSION) + contacts + optout(true));
    expect(code).toBe('ERROR');
    expect(text).toContain('digital avisering');
    expect(contracts.register.find(PERSON)).toEqual(fullRecord());
    expect(update(versionToUpdate(VERSION) + contacts + optout(false)).code).toBe('OK');
  });

  it.each([
    ['type', contact('x', true, 'pigeon')],
    ['use', contact('x', true, 'phone', 'boat')],
  ])('refuses a contact of an unknown %s', (_, content) => {
    expect(update(versionToUpdate(VERSION) + content).code).toBe('ERROR');
  });

  it('takes no version for a record that has none', () => {
    const { version, ...unversioned } = record(PERSON);
    expect(update(contact('+46700000001', true), [unversioned]).code).toBe('OK');
  });
});
