/** The look-up of a running instance: from the command line to the pull that takes over whom a caller asked for. Issue 8, point 6. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { statement } from '../../connectors/hub-store/database.ts';
import { openHubStore } from '../../connectors/hub-store/hub-store.ts';
import { ANSWERS } from '../../connectors/look-up/look-up-schemas.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { LOOKS_UP, USER } from '../connectors/look-up/look-up-world.ts';
import { profileOf } from '../core/disclosure/disclosure-builder.ts';
import { testStoreConfig } from '../support/hub-database.ts';
import { until, untilLogged } from '../support/hub-faults.ts';
import { createHubWorld, type HubWorld } from '../support/hub-world.ts';

const HUB = resolve(import.meta.dirname, '../../scripts/hub.ts');
const run = promisify(execFile);
const PERSONS = 300;

async function addConsumer(world: HubWorld): Promise<void> {
  await using store = openHubStore(testStoreConfig(world.store.url));
  const profile = profileOf({
    name: 'card',
    lookUp: LOOKS_UP,
    groups: new Set(['name']),
    contacts: null,
    relations: new Set(),
  });
  const agreement = {
    validTo: '2099-12-31',
    frameworkVersion: '1',
    staffInformedBy: 'the office of systems',
    staffInformedAt: '2026-03-01',
  };
  expect(await store.consumers.add({ profile, agreement, principal: null }, 1n)).toBe('done');
}

async function hubCommand(world: HubWorld, ...args: readonly string[]): Promise<string> {
  const env = { ...world.settings };
  const { stdout } = await run(process.execPath, [HUB, ...args], { env });
  return stdout.trim();
}

/** Somebody of another county whom Master does not have. */
async function stranger(world: HubWorld): Promise<PuRecord> {
  const rows = await world.store.database.query(
    statement<{ extension: string }>('', 'SELECT extension FROM identities'),
  );
  const known = new Set(rows.map(({ extension }) => extension));
  for await (const record of world.sandbox?.control.records() ?? []) {
    const { root, extension } = record.personalIdentity;
    if (root !== '1.2.752.129.2.1.3.1' || known.has(extension) || record.testIndicator) continue;
    if (!record.protectedPersonIndicator && record.deregistration === undefined) return record;
  }
  return expect.fail('the hub knows everybody');
}

describe('an instance with the role look-up', () => {
  it('tells of a stranger from PU, and the pulls keep the person from then on', async () => {
    await using world = await createHubWorld({
      master: { persons: PERSONS },
      // Of those whom Master does not have, the pulls find the residents alone.
      pu: { persons: 4 * PERSONS },
    });
    await using hub = world.start({
      HUB_ROLES: 'source,core,publisher,look-up',
      LOOK_UP_PORT: '0',
    });
    await untilLogged(hub, 'the look-up is served');
    const port = /the look-up is served.*?"port":(\d+)|"port":(\d+).*?the look-up is served/.exec(
      hub.log,
    );
    const url = `http://127.0.0.1:${port?.[1] ?? port?.[2]}`;
    await world.settle([hub]);
    await addConsumer(world);
    const token = await hubCommand(world, 'look-up', 'token', 'add', 'card', '--days', '1');
    expect(token).toMatch(/^[0-9a-f-]{36}\.[\w-]{43}$/);
    expect(await hubCommand(world, 'look-up', 'token', 'list', 'card')).toContain(
      token.slice(0, 36),
    );

    const record = await stranger(world);
    const { root, extension } = record.personalIdentity;
    const lookUp = async () => {
      const response = await fetch(`${url}/v1/persons/lookup`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, ...USER },
        body: JSON.stringify({ identities: [{ root, extension }] }),
      });
      return ANSWERS.lookUp.parse(await response.json());
    };
    const { results, freshness } = await lookUp();
    expect(results).toMatchObject([
      { status: 'found', source: 'pu-now', person: { name: { surname: record.name?.surname } } },
    ]);
    expect(results[0]?.personKey).not.toBeNull();
    const [ofMaster, ofPu] = freshness.sources;
    expect(ofMaster?.currentAsOf).toMatch(/^20/);
    expect(ofPu?.state).not.toBeNull();

    const epoch = `SELECT coalesce(max(e.epoch), -1) AS n FROM evidence e JOIN identities i USING (identity_key)
      WHERE e.source = 'pu' AND i.extension = '${extension}'`;
    expect(await world.count(epoch)).toBeGreaterThanOrEqual(0);
    await until(
      hub,
      'a pull has read the person in full',
      async () => (await world.count(epoch)) > 0,
    );

    const counts = await hubCommand(world, 'look-up', 'log');
    expect(counts).toMatch(/card +persons-lookup +answered +1 +1 +1/);
    expect(counts).not.toContain(extension);
    expect(hub.log).not.toContain(extension);
    await hubCommand(world, 'look-up', 'token', 'revoke', 'card', token.slice(0, 36));
    const refused = await fetch(`${url}/v1/persons/${results[0]?.personKey}`, {
      headers: { authorization: `Bearer ${token}`, ...USER },
    });
    expect(refused.status).toBe(401);
    expect(await hub.stop()).toBe(0);
  }, 180_000);
});
