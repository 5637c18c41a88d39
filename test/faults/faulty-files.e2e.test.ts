/** What a person has written wrong is told at once and in full, before anything is opened. */
import { describe, expect, it } from 'vitest';
import {
  FORMATS,
  MASTER,
  MappingsCopy,
  MUNICIPALITIES,
  replace,
  set,
} from '../connectors/mapping-files/mappings-copy.ts';
import { HubProcess } from '../support/hub-process.ts';

const EXIT_CONFIG = 78;
/** Ports where nobody listens: a hub that opened something would wait for it, and not end. */
const NOWHERE = {
  KAFKA_BROKERS: '127.0.0.1:1',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1/apis',
  DATABASE_URL: 'postgres://hub@127.0.0.1:1/hub',
  MASTER_URL: 'postgres://hub@127.0.0.1:1/master',
  HUB_ENVIRONMENT: 'test',
  HUB_SECRET: 'a secret of the tests, longer than it must be',
  HUB_HTTP_PORT: '0',
};

describe('a hub with faulty mapping files', () => {
  it('ends with 78 and all problems of all files', async () => {
    using mappings = new MappingsCopy();
    mappings.edit(MASTER, set('codes.sex.X', 'man'));
    mappings.edit(MASTER, set('person.columns.birthDate.type', 'day'));
    mappings.edit(FORMATS, set('formats.0.pattern', '^99('));
    mappings.edit(MUNICIPALITIES, replace('0380,Uppsala,03', '0380,Uppsala,04'));
    await using hub = HubProcess.start({ ...NOWHERE, MAPPINGS_DIR: mappings.directory });
    expect(await hub.ended).toBe(EXIT_CONFIG);
    expect(hub.log).toContain('HUB_CONFIG_MAPPING_INVALID');
    for (const place of [
      'master.json at codes.sex.X is not one of',
      'master.json at person.columns.birthDate.type is not one of',
      'formats.json at formats[0].pattern is not a regular expression',
      'municipalities.csv at 0380 does not begin with its county',
    ]) {
      expect(hub.log).toContain(place);
    }
    expect(hub.log).not.toContain('role starts');
  });

  it('ends with 78 and the name of a file that is not there', async () => {
    using mappings = new MappingsCopy();
    mappings.remove(MASTER);
    await using hub = HubProcess.start({ ...NOWHERE, MAPPINGS_DIR: mappings.directory });
    expect(await hub.ended).toBe(EXIT_CONFIG);
    expect(hub.log).toContain('master.json cannot be read (ENOENT)');
  });
});

describe('a hub with a faulty configuration', () => {
  it('ends with 78 and all problems at once, without its secrets', async () => {
    await using hub = HubProcess.start({
      ...NOWHERE,
      HUB_SECRET: 'too short',
      KAFKA_BROKERS: 'no-port',
      MASTER_MODE: 'guess',
      HUB_ROLES: 'source,cook',
      PERSON_TOPIC_PARTITIONS: '0',
    });
    expect(await hub.ended).toBe(EXIT_CONFIG);
    expect(hub.log).toContain('HUB_CONFIG_INVALID');
    const settings = ['HUB_SECRET', 'KAFKA_BROKERS', 'MASTER_MODE', 'HUB_ROLES'] as const;
    for (const name of [...settings, 'PERSON_TOPIC_PARTITIONS']) expect(hub.log).toContain(name);
    expect(hub.log).not.toContain('too short');
  });

  it('tells of settings that do not fit together', async () => {
    const { MASTER_URL: _, ...withoutMaster } = NOWHERE;
    await using hub = HubProcess.start({ ...withoutMaster, KAFKA_USER: 'hub' });
    expect(await hub.ended).toBe(EXIT_CONFIG);
    expect(hub.log).toContain('MASTER_URL is not set, and HUB_ROLES has source');
    expect(hub.log).toContain('KAFKA_PASSWORD is not set, and KAFKA_USER is');
  });
});
