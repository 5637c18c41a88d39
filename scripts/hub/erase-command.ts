import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import {
  printEraseProof,
  printErasurePlan,
  printErasures,
  seenMark,
} from '../../connectors/runtime/operations/print-erasures.ts';
import { readSoughtValues } from '../../connectors/runtime/operations/trace-search.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { NOTHING_DONE, withCoreCommandOptions } from './core-command-options.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import { parseCount, parseKey } from './option-values.ts';
import { type CoreCommandOptions, submitCoreCommand } from './submit-core-command.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export function addEraseCommand(program: Command, context: CommandContext): void {
  const erase = program
    .command('erase')
    .summary('erase somebody, and prove that nothing is left')
    .description(
      'Erases a person from the hub and tells everybody who was told to forget. Refused while a source still delivers the person, unless --keep-hash keeps keyed ' +
        'hashes of the identities, by which what comes again is refused and counted.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub erase 7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10 --reason "case 4711"\n' +
        '  hub erase 7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10 --keep-hash --reason "case 4711" --seen 5d41402a --execute\n' +
        '  hub erase list\n' +
        '  hub erase proof 7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10 --identity-file values.txt',
    );
  addPerson(erase, context);
  addReadmit(erase, context);
  addList(erase, context);
  addProof(erase, context);
}

interface EraseOptions extends CoreCommandOptions {
  readonly keepHash?: true;
  readonly seen?: string;
}

/** The default: `hub erase <key>` is `hub erase person <key>`. */
function addPerson(erase: Command, context: CommandContext): void {
  const command = erase
    .command('person', { isDefault: true })
    .summary('erase a person with all keys that lead to it; `hub erase <key>` is the same')
    .description(
      'Shows who would be erased, and with --execute does it. Nothing brings the person back but a source. Whoever was joined with another person since the plan ' +
        'was shown is not erased.',
    )
    .argument(
      '<personKey>',
      'the key of the person, or of one of the person’s identities',
      parseKey,
    )
    .option('--keep-hash', 'also whom a source still delivers: what comes again is refused')
    .option('--seen <mark>', 'what the plan ended with; needed to execute it');
  withCoreCommandOptions(command).action(async (key: PersonKey, options: EraseOptions) => {
    const { terminal, finish } = context;
    const { keepHash: keepsHash = false, execute } = options;
    await using operator = await openOperator();
    const lineage = await operator.store.readLineage(key);
    if (lineage === undefined) {
      const before = await operator.store.erasures.find(key);
      terminal.err(
        before === undefined
          ? 'Nobody in the hub store has this key.'
          : `Erased already:\n${printErasures([before])}`,
      );
      return finish(EXIT.problem);
    }
    if (!execute) {
      return terminal.out(`${printErasurePlan(lineage, keepsHash)}\n${NOTHING_DONE}`);
    }
    const seen = lineage.identities.map(({ identityKey }) => identityKey);
    if (options.seen === undefined) {
      throw new UsageError('error: --execute needs --seen, which the plan ends with');
    }
    if (options.seen !== seenMark(seen)) {
      terminal.err(
        `${printErasurePlan(lineage, keepsHash)}\nNothing was done: the person is not as --seen says any more.`,
      );
      return finish(EXIT.problem);
    }
    const command = { kind: 'erase', person: lineage.personKey, seen, keepsHash } as const;
    return await submitCoreCommand(operator, command, options, context);
  });
}

function addReadmit(erase: Command, context: CommandContext): void {
  const command = erase
    .command('readmit')
    .summary('take what comes again of an erased person')
    .description(
      'Forgets the hashes that were kept of an erased person: what a source sends from then on makes a new person with a new key. Let the source send its records ' +
        'again afterwards.',
    )
    .argument('<personKey>', 'a key that the person had', parseKey);
  withCoreCommandOptions(command).action(async (key: PersonKey, options: CoreCommandOptions) => {
    if (!options.execute) return context.terminal.out(NOTHING_DONE);
    await using operator = await openOperator();
    return await submitCoreCommand(operator, { kind: 'readmit', person: key }, options, context);
  });
}

function addList(erase: Command, { terminal }: CommandContext): void {
  erase
    .command('list')
    .summary('who was erased, and how far it has come')
    .description(
      'Lists the erasures by key, newest first: whether everybody was told, and what came again.',
    )
    .option('--limit <count>', 'at most so many', parseCount, 50)
    .action(async ({ limit }: { readonly limit: number }) => {
      await using operator = await openOperator();
      terminal.out(printErasures(await operator.store.erasures.list(limit)));
    });
}

function addProof(erase: Command, { terminal, finish }: CommandContext): void {
  erase
    .command('proof')
    .summary('search every topic and table for traces of an erased person')
    .description(
      'Decodes every record of every topic of this hub and reads every row of its tables, and says where something of the person is left and by when it is gone. ' +
        'Run it before the erasure too: then it finds the person, and keeps keyed hashes of the values that it found. Afterwards it proves nothing without all of them.',
    )
    .argument('<personKey>', 'a key that the person has or had', parseKey)
    .requiredOption(
      '--identity-file <path>',
      'what to search for, one a line: identities, names, addresses. Only you know them by now; delete the file afterwards',
    )
    .action(async (key: PersonKey, { identityFile }: { readonly identityFile: string }) => {
      const sought = readSoughtValues(await readValues(identityFile));
      if (sought.kind === 'refused') throw new UsageError(`error: ${sought.why}`);
      await using operator = await openOperator();
      const proof = await operator.proveErasure(key, sought.values, terminal.signal);
      if (proof === undefined) {
        terminal.err('Nobody in the hub store has or had this key.');
        return finish(EXIT.problem);
      }
      const isProved = proof.verdict === 'clean' && proof.erasure !== undefined;
      if (isProved) await operator.store.erasures.noteProved(proof.erasure.personKey);
      terminal.out(printEraseProof(proof));
      if (isProved) return;
      const isCompared = proof.verdict !== 'not-compared' && proof.verdict !== 'other-values';
      finish(isCompared ? EXIT.problem : EXIT.notCompared);
    });
}

async function readValues(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UsageError('error: the file of --identity-file cannot be read');
  }
}
