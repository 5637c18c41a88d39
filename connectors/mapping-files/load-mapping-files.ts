/** The only place that reads `mappings/`. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import type { AuthorityTable } from '../../core/golden-record/authority.ts';
import type { MasterMapping } from '../../core/mapping/master-mapping.ts';
import type { PuMapping } from '../../core/mapping/pu-mapping.ts';
import {
  type AdministrativeAreas,
  type County,
  createAdministrativeAreas,
  type Municipality,
} from '../../core/person/administrative-area.ts';
import {
  createIdentityClassifier,
  type IdentityClassifier,
} from '../../core/person/classify-identity.ts';
import type { ReserveNumberFormat } from '../../core/person/reserve-number-format.ts';
import { AUTHORITY_FILE } from './authority-schema.ts';
import { checkMasterMapping } from './check-master-mapping.ts';
import { checkPuMapping } from './check-pu-mapping.ts';
import { checkReserveNumberFormats } from './check-reserve-number-formats.ts';
import { deepFreeze } from './deep-freeze.ts';
import { expandAuthority } from './expand-authority.ts';
import {
  MappingFilesInvalidError,
  type MappingProblem,
  type Report,
  reportDuplicates,
} from './mapping-problem.ts';
import {
  COUNTY,
  MASTER_MAPPING,
  MUNICIPALITY,
  PU_MAPPING,
  REGION_SHAPE,
  RESERVE_NUMBER_FORMATS,
} from './mapping-schemas.ts';
import { readCodeTable } from './read-code-table.ts';
import { listConsumerFiles, readConsumer } from './read-consumers.ts';
import { readJson } from './read-json.ts';

/** One region's mapping files, checked and made ready for use. */
export interface MappingFiles {
  readonly masterMapping: MasterMapping;
  readonly puMapping: PuMapping;
  readonly reserveNumberFormats: readonly ReserveNumberFormat[];
  readonly classifier: IdentityClassifier;
  readonly areas: AdministrativeAreas;
  readonly region: Region;
  /** Who decides what, in each phase. */
  readonly authority: AuthorityTable;
  /** What each consuming system may see, by its name, in the order of names. */
  readonly consumers: ReadonlyMap<string, ConsumerProfile>;
  /** SHA-256 of all files, in hex: the same hash, the same mapping. */
  readonly hash: string;
}

/** Whose hub it is. */
export interface Region {
  readonly name: string;
  /** Counties whose residents are the region's own: entering or leaving them is a move in or out. */
  readonly homeCounties: ReadonlySet<string>;
}

const REGION = 'region.json';
const MASTER = 'master.json';
const PU = 'pu.json';
const AUTHORITY = 'authority.json';
const CONSUMERS = 'consumers';
const FORMATS = 'reserve-numbers/formats.json';
const COUNTIES = 'code-tables/counties.csv';
const MUNICIPALITIES = 'code-tables/municipalities.csv';

/**
 * Reads and checks the mapping files of a folder.
 * @throws MappingFilesInvalidError with all problems of all files at once.
 */
export async function loadMappingFiles(directory: string): Promise<MappingFiles> {
  const problems: MappingProblem[] = [];
  const reportIn =
    (file: string): Report =>
    (path, problem) =>
      problems.push({ file, path, problem });
  const hash = createHash('sha256');
  const read = async (file: string): Promise<string | undefined> => {
    try {
      const text = await readFile(join(directory, file), 'utf8');
      hash.update(`${file}\n${text}\n`);
      return text;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (typeof code !== 'string') throw error;
      reportIn(file)('', `cannot be read (${code})`);
      return undefined;
    }
  };

  // One after the other, so that the hash does not depend on which file was read first.
  const masterText = await read(MASTER);
  const formatsText = await read(FORMATS);
  const countiesText = await read(COUNTIES);
  const municipalitiesText = await read(MUNICIPALITIES);
  const regionText = await read(REGION);
  const puText = await read(PU);
  const authorityText = await read(AUTHORITY);
  const consumerTexts = new Map<string, string | undefined>();
  const consumersFolder = join(directory, CONSUMERS);
  for (const file of await listConsumerFiles(consumersFolder, reportIn(CONSUMERS))) {
    consumerTexts.set(file, await read(`${CONSUMERS}/${file}`));
  }

  const formats = readJson(formatsText, RESERVE_NUMBER_FORMATS, reportIn(FORMATS))?.formats;
  if (formats !== undefined) checkReserveNumberFormats(formats, reportIn(FORMATS));
  const classifier = formats && createIdentityClassifier(formats);

  const masterMapping = readJson(masterText, MASTER_MAPPING, reportIn(MASTER));
  if (masterMapping !== undefined) {
    checkMasterMapping(masterMapping, classifier, reportIn(MASTER));
  }

  const counties = readCounties(countiesText, reportIn(COUNTIES));
  const municipalities = readMunicipalities(municipalitiesText, counties, reportIn(MUNICIPALITIES));
  const region = readRegion(regionText, counties, reportIn(REGION));

  const puMapping = readJson(puText, PU_MAPPING, reportIn(PU));
  if (puMapping !== undefined) {
    checkPuMapping(puMapping, classifier, region?.homeCounties, reportIn(PU));
  }

  const authorityFile = readJson(authorityText, AUTHORITY_FILE, reportIn(AUTHORITY));
  const authority = authorityFile && expandAuthority(authorityFile, reportIn(AUTHORITY));

  const consumers = new Map<string, ConsumerProfile>();
  for (const [file, text] of consumerTexts) {
    const report = reportIn(`${CONSUMERS}/${file}`);
    const profile = readConsumer(file, text, counties, report);
    if (profile !== undefined) consumers.set(profile.name, profile);
  }

  if (
    problems.length > 0 ||
    region === undefined ||
    masterMapping === undefined ||
    puMapping === undefined ||
    formats === undefined ||
    classifier === undefined ||
    counties === undefined ||
    municipalities === undefined ||
    authority === undefined
  ) {
    throw new MappingFilesInvalidError(problems);
  }
  return Object.freeze({
    masterMapping: deepFreeze(masterMapping),
    puMapping: deepFreeze(puMapping),
    reserveNumberFormats: deepFreeze(formats),
    classifier,
    areas: createAdministrativeAreas(counties, municipalities),
    region,
    authority: deepFreeze(authority),
    consumers,
    hash: hash.digest('hex'),
  });
}

function readRegion(
  text: string | undefined,
  counties: readonly County[] | undefined,
  report: Report,
): Region | undefined {
  const json = readJson(text, REGION_SHAPE, report);
  if (json === undefined) return undefined;
  for (const [i, code] of json.homeCounties.entries()) {
    const isKnown = counties === undefined || counties.some((county) => county.code === code);
    if (!isKnown) report(`homeCounties.${i}`, 'is not a county of the code table');
  }
  return { name: json.name, homeCounties: new Set(json.homeCounties) };
}

function readCounties(text: string | undefined, report: Report): readonly County[] | undefined {
  if (text === undefined) return undefined;
  const counties = readCodeTable(text, ['code', 'name'], COUNTY, report);
  reportDoubledCodes(counties, report);
  return counties;
}

function readMunicipalities(
  text: string | undefined,
  counties: readonly County[] | undefined,
  report: Report,
): readonly Municipality[] | undefined {
  if (text === undefined) return undefined;
  const rows = readCodeTable(text, ['code', 'name', 'county'], MUNICIPALITY, report);
  reportDoubledCodes(rows, report);
  for (const { code, county } of rows ?? []) {
    if (!code.startsWith(county)) report(code, 'does not begin with its county');
    if (counties?.every((each) => each.code !== county))
      report(code, 'is in no county of the table');
  }
  return rows;
}

function reportDoubledCodes(rows: readonly { readonly code: string }[] = [], report: Report): void {
  const codes = rows.map(({ code }) => code);
  reportDuplicates(codes, (index) => report(codes[index] ?? '', 'stands twice'));
}
