import type { DemoMasterClient } from './demo-master-client.ts';
import { ADDRESS_COLUMNS, CONTACT_COLUMNS, PERSON_COLUMNS, type PersonRow } from './legacy-rows.ts';
import type { PlannedChange } from './live-change-plan.ts';
import type { MadeAddress, Municipality } from './synthetic-places.ts';

/** Writes one change in one transaction. `today` is `YYYYMMDD`, for the dates of what happens now. */
export async function commitChange(
  client: DemoMasterClient,
  change: PlannedChange,
  today: string,
): Promise<void> {
  await client.transact(() => write(new SubjectWriter(client, change.PersonId), change, today));
}

async function write(writer: SubjectWriter, change: PlannedChange, today: string): Promise<void> {
  switch (change.kind) {
    case 'new-person':
      await writer.insertRows('Befolkning', PERSON_COLUMNS, [change.rows.person]);
      await writer.insertRows('Adress', ADDRESS_COLUMNS, change.rows.addresses);
      await writer.insertRows('Kontakt', CONTACT_COLUMNS, change.rows.contacts);
      return;
    case 'moved-within-municipality':
      await writer.putAddress('FB', change.address);
      return;
    case 'moved-between-municipalities':
    case 'moved-between-counties':
      await writer.setPerson({
        ...place(change.municipality),
        Fastighet: null,
        FolkbokfDatum: today,
      });
      await writer.putAddress('FB', change.address);
      return;
    case 'name-changed':
      await writer.setPerson({ Efternamn: change.surname, Aviseringsnamn: null });
      return;
    case 'contact-changed':
      await writer.putMobile(change.mobile);
      return;
    case 'consent-withdrawn':
      await writer.withdrawMobileConsent();
      return;
    case 'protection-raised':
      await writer.setPerson(change.hidden ? { SkyddadFolkbokforing: true } : { Sekretess: true });
      if (change.hidden) {
        await writer.removeAddress('FB');
        await writer.putAddress('SP', change.box);
      }
      return;
    case 'protection-lifted':
      await writer.setPerson({ SkyddadFolkbokforing: false, Sekretess: false });
      await writer.removeAddress('SP');
      await writer.putAddress('FB', change.address);
      return;
    case 'died':
      await writer.setPerson({ AvregOrsak: 'AV', AvregDatum: today });
      return;
    case 'death-annulled':
      await writer.setPerson({ AvregOrsak: null, AvregDatum: null });
      return;
    case 'emigrated':
      await writer.setPerson({ AvregOrsak: 'UV', AvregDatum: today });
      await writer.removeAddress('FB');
      await writer.putAddress('UT', change.address);
      return;
    case 'row-deleted':
      await writer.removePerson();
      return;
    case 'made-malformed':
      await writer.setPerson({ Civilstand: 'ZZ' });
      return;
    case 'corrected':
      await writer.setPerson({ Civilstand: change.civilStatus });
      return;
  }
}

function place(municipality: Municipality): Pick<PersonRow, 'Lan' | 'Kommun' | 'Forsamling'> {
  const { code } = municipality;
  return { Lan: code.slice(0, 2), Kommun: code.slice(2), Forsamling: null };
}

/** The statements on the rows of one person. */
class SubjectWriter {
  readonly #client: DemoMasterClient;
  readonly #personId: string;

  constructor(client: DemoMasterClient, personId: string) {
    this.#client = client;
    this.#personId = personId;
  }

  async insertRows(
    table: string,
    columns: readonly string[],
    rows: readonly object[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const names = columns.map((name) => `"${name}"`).join(', ');
    await this.#client.query(
      `insert into dbo."${table}" (${names})
        select ${names} from json_populate_recordset(null::dbo."${table}", $1::json)`,
      [JSON.stringify(rows)],
    );
  }

  async setPerson(columns: Partial<PersonRow>): Promise<void> {
    const names = Object.keys(columns);
    await this.#client.query(
      `update dbo."Befolkning" set ${names.map((name, i) => `"${name}" = $${i + 2}`).join(', ')}
        where "IdTyp" = 'PNR' and "PersonId" = $1`,
      [this.#personId, ...Object.values(columns)],
    );
  }

  async putAddress(kind: 'FB' | 'SP' | 'UT', address: MadeAddress): Promise<void> {
    await this.#client.query(
      `insert into dbo."Adress" ("IdTyp", "PersonId", "AdressTyp", "CareOf", "Rad1", "Rad2", "Rad3", "Postnr", "Ort", "Land")
        values ('PNR', $1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict ("IdTyp", "PersonId", "AdressTyp") do update
          set "CareOf" = excluded."CareOf", "Rad1" = excluded."Rad1", "Rad2" = excluded."Rad2", "Rad3" = excluded."Rad3",
              "Postnr" = excluded."Postnr", "Ort" = excluded."Ort", "Land" = excluded."Land"`,
      [
        this.#personId,
        kind,
        address.careOf,
        address.line1,
        address.line2,
        address.line3,
        address.postalCode,
        address.city,
        address.country,
      ],
    );
  }

  async removeAddress(kind: 'FB' | 'SP'): Promise<void> {
    await this.#client.query(
      `delete from dbo."Adress" where "IdTyp" = 'PNR' and "PersonId" = $1 and "AdressTyp" = $2`,
      [this.#personId, kind],
    );
  }

  async putMobile(value: string): Promise<void> {
    await this.#client.query(
      `insert into dbo."Kontakt" ("IdTyp", "PersonId", "Kanal", "Lopnr", "Varde", "Samtycke")
        values ('PNR', $1, 'MO', 1, $2, 'J')
        on conflict ("IdTyp", "PersonId", "Kanal", "Lopnr") do update
          set "Varde" = excluded."Varde", "Samtycke" = excluded."Samtycke"`,
      [this.#personId, value],
    );
  }

  async withdrawMobileConsent(): Promise<void> {
    await this.#client.query(
      `update dbo."Kontakt" set "Samtycke" = 'N' where "IdTyp" = 'PNR' and "PersonId" = $1 and "Kanal" = 'MO' and "Lopnr" = 1`,
      [this.#personId],
    );
  }

  async removePerson(): Promise<void> {
    for (const table of ['Kontakt', 'Adress', 'Befolkning']) {
      await this.#client.query(
        `delete from dbo."${table}" where "IdTyp" = 'PNR' and "PersonId" = $1`,
        [this.#personId],
      );
    }
  }
}
