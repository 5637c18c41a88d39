/**
 * The three tables of the demo Master, column by column, as `mappings/master.json` names them. Flags are booleans here; the
 * database gives each row its version.
 */

/** Codes of the IdTyp column. `RES` states no issuer: the hub has to find it out. */
export type IdTyp = 'PNR' | 'SNR' | 'SLL' | 'NRID' | 'RES';

/** A row of dbo.Befolkning. */
export interface PersonRow {
  readonly IdTyp: string;
  readonly PersonId: string;
  readonly Fornamn: string | null;
  readonly Tilltalsmarkering: number | null;
  readonly Mellannamn: string | null;
  readonly Efternamn: string | null;
  readonly Aviseringsnamn: string | null;
  readonly Kon: string;
  readonly Fodelsedatum: string | null;
  readonly Sekretess: boolean;
  readonly SkyddadFolkbokforing: boolean;
  readonly AvregOrsak: string | null;
  readonly AvregDatum: string | null;
  readonly Civilstand: string | null;
  readonly Lan: string | null;
  readonly Kommun: string | null;
  readonly Forsamling: string | null;
  readonly Fastighet: string | null;
  readonly FolkbokfDatum: string | null;
  readonly HanvisningTyp: string | null;
  readonly HanvisningId: string | null;
  readonly Testperson: boolean;
}

/** A row of dbo.Adress. */
export interface AddressRow {
  readonly IdTyp: string;
  readonly PersonId: string;
  /** FB population registration, SP special postal address, UT abroad. */
  readonly AdressTyp: 'FB' | 'SP' | 'UT';
  readonly CareOf: string | null;
  readonly Rad1: string | null;
  readonly Rad2: string | null;
  readonly Rad3: string | null;
  readonly Postnr: string | null;
  readonly Ort: string | null;
  readonly Land: string | null;
}

/** A row of dbo.Kontakt. */
export interface ContactRow {
  readonly IdTyp: string;
  readonly PersonId: string;
  /** TE telephone, MO mobile, EP e-mail. */
  readonly Kanal: 'TE' | 'MO' | 'EP';
  readonly Lopnr: number;
  readonly Varde: string;
  /** J shared, V this care giver only, N no, null: never asked. */
  readonly Samtycke: 'J' | 'V' | 'N' | null;
}

/** All rows of one identity. */
export interface LegacyRows {
  readonly person: PersonRow;
  readonly addresses: readonly AddressRow[];
  readonly contacts: readonly ContactRow[];
}

/** The columns of each table, for the statements that write it. */
export const PERSON_COLUMNS = [
  'IdTyp',
  'PersonId',
  'Fornamn',
  'Tilltalsmarkering',
  'Mellannamn',
  'Efternamn',
  'Aviseringsnamn',
  'Kon',
  'Fodelsedatum',
  'Sekretess',
  'SkyddadFolkbokforing',
  'AvregOrsak',
  'AvregDatum',
  'Civilstand',
  'Lan',
  'Kommun',
  'Forsamling',
  'Fastighet',
  'FolkbokfDatum',
  'HanvisningTyp',
  'HanvisningId',
  'Testperson',
] as const satisfies readonly (keyof PersonRow)[];

export const ADDRESS_COLUMNS = [
  'IdTyp',
  'PersonId',
  'AdressTyp',
  'CareOf',
  'Rad1',
  'Rad2',
  'Rad3',
  'Postnr',
  'Ort',
  'Land',
] as const satisfies readonly (keyof AddressRow)[];

export const CONTACT_COLUMNS = [
  'IdTyp',
  'PersonId',
  'Kanal',
  'Lopnr',
  'Varde',
  'Samtycke',
] as const satisfies readonly (keyof ContactRow)[];
