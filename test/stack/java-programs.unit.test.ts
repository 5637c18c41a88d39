import { chmodSync, mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../scripts/stack/describe-error.ts';
import { installJavaPrograms } from '../../scripts/stack/java-programs.ts';
import { makeFolders, stackContext } from '../../scripts/stack/stack-context.ts';

const JAVA_17 = '#!/bin/sh\necho \'openjdk version "17.0.15" 2025-04-15\' >&2\n';
const JAVA_11 = '#!/bin/sh\necho \'openjdk version "11.0.27" 2025-04-15\' >&2\n';

const INSTALL_BOTH = [
  '`sudo apt-get install openjdk-17-jre-headless maven`',
  '`sudo dnf install java-21-openjdk-headless maven`',
  '`brew install openjdk@21 maven`',
];
const INSTALL_MAVEN = [
  '`sudo apt-get install maven`',
  '`sudo dnf install maven`',
  '`brew install maven`',
];

describe('a machine without the programs that Kafka needs, and no way to install them', () => {
  it.each([
    ['nothing', {}, 'HUB_STACK_JAVA_MISSING', INSTALL_BOTH],
    ['a Java that is too old', { java: JAVA_11 }, 'HUB_STACK_JAVA_MISSING', INSTALL_BOTH],
    ['Java and no Maven', { java: JAVA_17 }, 'HUB_STACK_MAVEN_MISSING', INSTALL_MAVEN],
  ])('with %s, tells what to type', async (_, programs, code, commands) => {
    using clone = mkdtempDisposableSync(join(tmpdir(), 'pu-hub-java-'));
    const bin = join(clone.path, 'bin');
    mkdirSync(bin);
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(bin, name), script);
      chmodSync(join(bin, name), 0o755);
    }
    const context = stackContext({
      projectFolder: clone.path,
      report: () => undefined,
      environment: { PATH: bin, HOME: clone.path },
    });
    makeFolders(context);
    const error: unknown = await installJavaPrograms(context).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    const shown = describeError(error);
    for (const command of commands) expect(shown).toContain(command);
  });
});
