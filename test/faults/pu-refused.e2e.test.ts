/** PU refuses the hub's certificate in the middle of the day: PU stands down, Master goes on, and nothing is lost. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { alterMaster, until, untilLogged } from '../support/hub-faults.ts';
import type { HubWorld } from '../support/hub-world.ts';
import { createHubWorld, createMaster, type TestMaster } from '../support/hub-world.ts';
import { comparePuTopic, type PuComparison } from '../support/pu-raw-comparison.ts';
import { createTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const PERSONS = 300;
const HOME_COUNTY = '03';

let master: TestMaster;
let sandbox: TestSandbox;

beforeAll(async () => {
  master = await createMaster(PERSONS);
  sandbox = await createTestSandbox({ seed: 7, persons: PERSONS });
}, 60_000);

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await master[Symbol.asyncDispose]();
});

const isResident = ({ populationRegistrationLocality }: PuRecord): boolean =>
  populationRegistrationLocality?.countyCode === HOME_COUNTY;

async function compare({ kafka, prefix }: HubWorld): Promise<PuComparison> {
  return await comparePuTopic({
    kafka,
    topic: topicName(TOPIC.sourcePu, prefix),
    records: sandbox.control.records(),
    isExpected: isResident,
  });
}

describe('PU that begins to refuse the certificate', () => {
  it('is left alone, named by serial number and last day, while Master is read on; a restart reads what it missed', async () => {
    await using world = await createHubWorld({ master: { url: master.url }, pu: { sandbox } });
    await using hub = world.start();
    await world.settle([hub]);
    await sandbox.control.setFault('certificate-refused');
    await untilLogged(hub, 'HUB_PU_CERTIFICATE_REFUSED');
    await untilLogged(hub, 'PU is not read until somebody acts');
    const { serialNumber, validToDate } = new X509Certificate(
      readFileSync(sandbox.certificates.client.certificate),
    );
    expect(hub.log).toContain(serialNumber);
    expect(hub.log).toContain(validToDate.toISOString().slice(0, 10));

    const versions = async (): Promise<number> =>
      await world.count('SELECT sum(version) AS n FROM persons');
    const before = await versions();
    await alterMaster(
      master,
      `UPDATE dbo."Befolkning" SET "Efternamn" = 'Nyprov' WHERE "IdTyp" = 'PNR'`,
    );
    await until(hub, 'Master was read on', async () => (await versions()) > before + PERSONS / 2);
    const changed: PuRecord[] = [];
    for await (const record of sandbox.control.records()) {
      const { name } = record;
      if (isResident(record)) changed.push({ ...record, name: { ...name, surname: 'Nyprov' } });
    }
    await sandbox.control.live({ persons: [], records: changed });
    expect((await compare(world)).different.length).toBeGreaterThan(PERSONS / 4);
    expect(await hub.stop()).toBe(0);

    await sandbox.control.clearFaults();
    const evening = Date.now();
    await using next = world.start();
    await world.settle([next], undefined, evening);
    const after = await compare(world);
    expect(after).toMatchObject({ different: [], strange: [], missing: [] });
    expect(after.equal).toBeGreaterThan(PERSONS / 2);
    expect(await next.stop()).toBe(0);
  }, 150_000);
});
