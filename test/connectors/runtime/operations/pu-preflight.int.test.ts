import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PuConfig } from '../../../../connectors/config/hub-config.ts';
import { loadConfig } from '../../../../connectors/config/load-config.ts';
import {
  checkPu,
  checkPuCertificate,
} from '../../../../connectors/runtime/operations/pu-preflight.ts';
import type { CertificatePair } from '../../../../scripts/sandbox/certificates.ts';
import { createTestSandbox, type TestSandbox } from '../../../support/sandbox.ts';
import { testSettings } from '../../../support/test-config.ts';

const DAY_MS = 86_400_000;

let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await createTestSandbox({ persons: 20 });
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

function puConfig(settings: Readonly<Record<string, string>> = {}): PuConfig {
  const environment = { ...sandbox.environment, ...settings };
  return loadConfig(testSettings('postgres://127.0.0.1/none', environment)).pu ?? expect.fail();
}

function shownAs({ certificate, key }: CertificatePair): Readonly<Record<string, string>> {
  return { PU_CERT: certificate, PU_KEY: key };
}

describe('the look at PU before a start', () => {
  it('finds nothing where everything is in order', async () => {
    expect(checkPuCertificate(puConfig(), Date.now())).toEqual([]);
    expect(await checkPu(puConfig())).toEqual([]);
  });

  it('tells a month ahead that the certificate ends', () => {
    const { validToDate } = new X509Certificate(
      readFileSync(sandbox.certificates.client.certificate),
    );
    const end = validToDate.getTime();
    const pu = puConfig();
    expect(checkPuCertificate(pu, end - 31 * DAY_MS)).toEqual([]);
    expect(checkPuCertificate(pu, end - 29 * DAY_MS)).toEqual([
      {
        kind: 'note',
        text: `the last day of the certificate in PU_CERT is ${validToDate.toISOString().slice(0, 10)}`,
        fix: 'Order a new one now.',
      },
    ]);
    expect(() => checkPuCertificate(pu, end + 1)).toThrow('HUB_PU_CERTIFICATE_EXPIRED');
  });

  it.each([
    ['a certificate that has ended', 'expired', 'HUB_PU_CERTIFICATE_EXPIRED'],
    ['an HSA-id that is not connected', 'stranger', 'HUB_PU_CALLER_REFUSED'],
  ] as const)('names what is wrong with %s', async (_, pair, code) => {
    const settings = shownAs(sandbox.certificates[pair]);
    await expect(checkPu(puConfig(settings))).rejects.toMatchObject({ code });
  });

  it('names a way to the files that leads nowhere, though the contracts answer', async () => {
    const settings = { PU_REST_URL: 'https://127.0.0.1:1/nothing' };
    await expect(checkPu(puConfig(settings))).rejects.toMatchObject({ code: 'HUB_PU_UNAVAILABLE' });
  });

  it('refuses a server that an unknown authority has signed', async () => {
    const settings = { PU_CA: sandbox.certificates.foreign.certificate };
    await expect(checkPu(puConfig(settings))).rejects.toMatchObject({
      code: 'HUB_PU_SERVER_UNTRUSTED',
    });
  });

  it('tells that the clocks are far apart', async () => {
    await sandbox.control.setClock({ offsetSeconds: 600 });
    try {
      const [finding] = await checkPu(puConfig());
      expect(finding?.kind).toBe('note');
      expect(finding?.text).toMatch(/^PU's clock and the clock of this machine are \d+ s apart$/);
    } finally {
      await sandbox.control.setClock({ offsetSeconds: 0 });
    }
  });
});
