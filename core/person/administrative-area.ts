/** One row of `mappings/code-tables/counties.csv`. */
export interface County {
  /** Two digits. */
  readonly code: string;
  readonly name: string;
}

/** One row of `mappings/code-tables/municipalities.csv`. */
export interface Municipality {
  /** Four digits, of which the first two are the county. */
  readonly code: string;
  readonly name: string;
  readonly county: string;
}

/** What a pair of county and municipality codes stands for. */
export type AreaResolution =
  | {
      readonly kind: 'area';
      readonly countyCode: string | null;
      /** Four digits. */
      readonly municipalityCode: string | null;
    }
  | { readonly kind: 'unknown'; readonly field: 'countyCode' | 'municipalityCode' };

/** The counties and municipalities that exist. A code that is not here is no place: it may be a payer code. */
export interface AdministrativeAreas {
  /**
   * The municipality may have two digits, within the stated county (PU, Navet), or four (SCB); with four the county may be left
   * out and must agree when it is not.
   */
  resolve(county: string | null, municipality: string | null): AreaResolution;
  /** The four digits of each municipality of a county, in order. */
  municipalitiesOf(county: string): readonly string[];
}

const NO_AREA: AreaResolution = { kind: 'area', countyCode: null, municipalityCode: null };
const UNKNOWN_COUNTY: AreaResolution = { kind: 'unknown', field: 'countyCode' };
const UNKNOWN_MUNICIPALITY: AreaResolution = { kind: 'unknown', field: 'municipalityCode' };

/** @param municipalities each in a county of `counties`; the loader of the mapping files has checked that. */
export function createAdministrativeAreas(
  counties: readonly County[],
  municipalities: readonly Municipality[],
): AdministrativeAreas {
  const countyCodes = new Set(counties.map(({ code }) => code));
  const municipalityCodes = new Set(municipalities.map(({ code }) => code));
  return {
    municipalitiesOf: (county) =>
      [...municipalityCodes].filter((code) => code.startsWith(county)).toSorted(),
    resolve(county, municipality) {
      if (county !== null && !countyCodes.has(county)) return UNKNOWN_COUNTY;
      if (municipality === null) {
        return county === null
          ? NO_AREA
          : { kind: 'area', countyCode: county, municipalityCode: null };
      }
      const code = municipality.length === 2 ? `${county ?? ''}${municipality}` : municipality;
      const agrees = county === null || code.startsWith(county);
      if (!agrees || !municipalityCodes.has(code)) return UNKNOWN_MUNICIPALITY;
      return { kind: 'area', countyCode: code.slice(0, 2), municipalityCode: code };
    },
  };
}
