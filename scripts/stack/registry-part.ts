import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StackContext } from './stack-context.ts';
import type { StackPorts } from './stack-ports.ts';
import type { PartPlan } from './start-part.ts';
import { VERSIONS } from './versions.ts';

/** The program inside the unpacked package. */
export function registryJar(programFolder: string): string {
  return join(programFolder, 'registry', `apicurio-registry-app-${VERSIONS.apicurio}-runner.jar`);
}

/** Says how to start the schema registry. It keeps the schemas in the database `registry`. */
export function planRegistry(context: StackContext, java: string, ports: StackPorts): PartPlan {
  const folder = join(context.folder, 'registry');
  mkdirSync(folder, { recursive: true });
  return {
    part: 'registry',
    title: `Apicurio Registry ${VERSIONS.apicurio}`,
    port: ports.registry,
    command: java,
    args: [
      ...['-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Djava.io.tmpdir=${folder}`],
      // Without it, calls fail on stale connections after PostgreSQL was restarted.
      '-Dquarkus.datasource.postgresql.jdbc.validate-on-borrow=true',
      '-Dquarkus.http.host=127.0.0.1',
      '-Dquarkus.http.access-log.enabled=false',
      `-Dquarkus.http.port=${ports.registry}`,
      ...['-jar', registryJar(context.programFolder)],
    ],
    environment: {
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'postgresql',
      APICURIO_DATASOURCE_URL: `jdbc:postgresql://127.0.0.1:${ports.postgresql}/registry`,
      APICURIO_DATASOURCE_USERNAME: 'postgres',
      // The server trusts every client of 127.0.0.1; the setting must only not be empty.
      APICURIO_DATASOURCE_PASSWORD: 'unused',
      APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '1',
      APICURIO_DATASOURCE_JDBC_MIN_SIZE: '1',
      APICURIO_DATASOURCE_JDBC_MAX_SIZE: '5',
    },
    cwd: folder,
  };
}
