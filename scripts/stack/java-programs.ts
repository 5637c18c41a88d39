import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import { waitForLock } from './process-lock.ts';
import { withProgress } from './progress.ts';
import { registryJar } from './registry-part.ts';
import { LogTail, runProgram } from './run-program.ts';
import { type StackContext, shownPath } from './stack-context.ts';
import { isRoot } from './system-user.ts';
import { VERSIONS } from './versions.ts';

const INSTALL_WITHIN_MS = 20 * 60_000;

/**
 * Makes Kafka and the registry ready to run and returns the `java` to run them with. Downloads once per user and version;
 * installs Java and Maven where this is a Debian and we are root.
 * @throws HubError HUB_STACK_JAVA_MISSING, HUB_STACK_MAVEN_MISSING, HUB_STACK_INSTALL_FAILED
 */
export async function installJavaPrograms(context: StackContext): Promise<string> {
  if (isInstalled(context)) return await findOrInstallJava(context);
  const caches = dirname(context.programFolder);
  using _ = await waitForLock(join(caches, 'install.lock'), {
    boundMs: INSTALL_WITHIN_MS,
    onWait: ({ pid }) => context.report(`waiting for process ${pid}, which downloads the same`),
    signal: context.signal,
  });
  const java = await findOrInstallJava(context);
  if (!isInstalled(context)) await download(context);
  return java;
}

/** The project file from which Maven fetches Kafka's libraries and the unpacked registry. */
export function mavenProject(): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
 <groupId>local</groupId><artifactId>stack</artifactId><version>1</version><packaging>pom</packaging>
 <dependencies>
  <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSIONS.kafka}</version></dependency>
  <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${VERSIONS.log4j}</version></dependency>
 </dependencies>
 <build><plugins><plugin>
  <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>${VERSIONS.mavenDependencyPlugin}</version>
  <executions>
   <execution><id>kafka</id><phase>generate-resources</phase><goals><goal>copy-dependencies</goal></goals><configuration>
    <includeScope>runtime</includeScope><outputDirectory>\${project.basedir}/kafka-lib</outputDirectory></configuration></execution>
   <execution><id>registry</id><phase>generate-resources</phase><goals><goal>unpack</goal></goals><configuration>
    <artifactItems><artifactItem><groupId>io.apicurio</groupId><artifactId>apicurio-registry-app</artifactId>
     <version>${VERSIONS.apicurio}</version><type>tar.gz</type><classifier>all</classifier></artifactItem></artifactItems>
    <outputDirectory>\${project.basedir}/registry</outputDirectory>
    <markersDirectory>\${project.basedir}/registry/.markers</markersDirectory></configuration></execution>
  </executions></plugin></plugins></build>
</project>
`;
}

/** The major number in what `java -version` prints, also of old ones that call themselves 1.8. */
export function javaMajor(versionText: string): number {
  const match = /version "(?:1\.)?(\d+)/.exec(versionText);
  return match?.[1] === undefined ? 0 : Number.parseInt(match[1], 10);
}

function isInstalled(context: StackContext): boolean {
  return existsSync(registryJar(context.programFolder));
}

async function download(context: StackContext): Promise<void> {
  const maven = await findOrInstallMaven(context);
  const folder = `${context.programFolder}.${process.pid}`;
  const log = join(context.logFolder, 'download.log');
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'pom.xml'), mavenProject());
    const what = `downloading Kafka ${VERSIONS.kafka} and Apicurio Registry ${VERSIONS.apicurio} (150 MB, once)`;
    const code = await withProgress(context.report, what, () =>
      runProgram({
        command: maven,
        args: ['-q', '-B', 'generate-resources'],
        cwd: folder,
        environment: context.environment,
        log,
        signal: context.signal,
      }),
    );
    if (code !== 0 || !existsSync(registryJar(folder))) throw installFailed(context, log);
    renameSync(folder, context.programFolder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function findOrInstallJava(context: StackContext): Promise<string> {
  return await findOrInstall(
    context,
    () => findJava(context),
    'openjdk-17-jre-headless',
    'HUB_STACK_JAVA_MISSING',
  );
}

async function findOrInstallMaven(context: StackContext): Promise<string> {
  return await findOrInstall(
    context,
    () => (answers(context, 'mvn', ['-v']) === undefined ? undefined : 'mvn'),
    'maven',
    'HUB_STACK_MAVEN_MISSING',
  );
}

function findJava(context: StackContext): string | undefined {
  const home = context.environment['JAVA_HOME'];
  const candidates = home ? [join(home, 'bin', 'java'), 'java'] : ['java'];
  return candidates.find(
    (java) => javaMajor(answers(context, java, ['-version']) ?? '') >= VERSIONS.java,
  );
}

async function findOrInstall(
  context: StackContext,
  find: () => string | undefined,
  debianPackage: string,
  missing: ErrorCode,
): Promise<string> {
  const found = find();
  if (found !== undefined) return found;
  if (!isRoot() || answers(context, 'apt-get', ['--version']) === undefined) {
    throw new HubError(missing);
  }
  const log = join(context.logFolder, 'apt-get.log');
  await withProgress(context.report, `installing ${debianPackage} by apt-get`, async () => {
    const install = ['install', '-y', '--no-install-recommends', debianPackage];
    for (const args of [['update'], install]) {
      const code = await runProgram({
        command: 'apt-get',
        args: ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args],
        environment: { ...context.environment, DEBIAN_FRONTEND: 'noninteractive' },
        log,
        signal: context.signal,
      });
      if (code !== 0) throw installFailed(context, log);
    }
  });
  const installed = find();
  if (installed === undefined) throw installFailed(context, log);
  return installed;
}

function installFailed(context: StackContext, log: string): HubError {
  return HubError.wrap('HUB_STACK_INSTALL_FAILED', new LogTail(log), {
    log: safeWord(shownPath(context, log)),
  });
}

/** What a program prints, or undefined when there is none or it fails. */
function answers(
  context: StackContext,
  command: string,
  args: readonly string[],
): string | undefined {
  const run = spawnSync(command, args, { encoding: 'utf8', env: { ...context.environment } });
  return run.status === 0 ? `${run.stdout}${run.stderr}` : undefined;
}
