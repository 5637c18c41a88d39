import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import type { Oid } from '../../../core/person/person-identifier.ts';
import {
  AUTHORITY,
  COUNTIES,
  column,
  FORMATS,
  formatNumber,
  MAPPINGS,
  MASTER,
  MappingsCopy,
  replace,
  set,
} from './mappings-copy.ts';

describe('the mapping files of this project', () => {
  it('load, with everything in them frozen', async () => {
    const files = await loadMappingFiles(MAPPINGS);
    expect(files.masterMapping.person.key).toEqual(['identityType', 'identity']);
    expect(files.masterMapping.reserveNumberAreaIsPlace).toBe(false);
    expect(files.classifier.knowsRoot('1.2.752.97.3.1.3' as Oid)).toBe(true);
    expect(files.areas.resolve(null, '0380')).toMatchObject({ countyCode: '03' });
    expect(Object.isFrozen(files.masterMapping.person.columns)).toBe(true);
    expect(Object.isFrozen(files.reserveNumberFormats[0])).toBe(true);
    expect(files.puMapping.pulls['moved-out'].profile).toBe('P5');
    expect(Object.isFrozen(files.puMapping.pulls['own-region'].splitByMunicipality)).toBe(true);
  });

  it('have the same hash until one of them changes', async () => {
    using copy = new MappingsCopy();
    const { hash } = await loadMappingFiles(MAPPINGS);
    expect((await loadMappingFiles(copy.directory)).hash).toBe(hash);
    copy.edit(COUNTIES, replace('Uppsala län', 'Upsala län'));
    const changed = (await loadMappingFiles(copy.directory)).hash;
    expect(changed).not.toBe(hash);
    copy.edit(AUTHORITY, replace('"version": 1', '"version": 2'));
    expect((await loadMappingFiles(copy.directory)).hash).not.toBe(changed);
  });
});

describe('what is wrong is told', () => {
  it('all at once, over all files, in one error that stops the start', async () => {
    using copy = new MappingsCopy();
    copy.edit(MASTER, set('person.columns.shoeSize', column('Sko')));
    copy.edit(FORMATS, set(`formats.${formatNumber('LIV')}.key`, 'SLL'));
    copy.edit(COUNTIES, replace('03,Uppsala län', '3,Uppsala län'));
    const failure = await copy.failure();
    expect(failure.code).toBe('HUB_CONFIG_MAPPING_INVALID');
    expect(failure.disposition).toBe('fatal');
    expect(new Set(failure.problems.map(({ file }) => file))).toEqual(
      new Set([MASTER, FORMATS, COUNTIES]),
    );
    for (const { file, path, problem } of failure.problems) {
      expect(failure.message).toContain(`${file} at ${path} ${problem}`);
    }
  });

  it('in words that are safe to log, whatever the file holds', async () => {
    using copy = new MappingsCopy();
    copy.edit(MASTER, set('identityTypes.189001019802', '1.2.3'));
    const failure = await copy.failure();
    expect(failure.problems).toHaveLength(1);
    expect(failure.message).not.toContain('189001019802');
  });
});
