import type { Command } from 'commander';
import {
  ACCEPT_LOSS,
  RESNAPSHOT_FIELDS,
  type ResnapshotFilter,
  SOURCE_COMMANDS,
  SOURCES_OF,
  type SourceCommandKind,
} from '../../connectors/runtime/operations/source-commands.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { parseCount, parseOneOf } from './option-values.ts';
import { submitSourceCommand } from './submit-source-command.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface SourceOptions {
  readonly reason: string;
  /** Absent for what only a start carries out. */
  readonly wait?: number;
  readonly where?: ResnapshotFilter;
  readonly execute?: true;
}

/** What each command asks for. The ones with `decides` change what consumers get, so they need --execute. */
const COMMANDS: Readonly<
  Record<SourceCommandKind, { readonly summary: string; readonly decides?: string }>
> = {
  'source-pause': { summary: 'stop reading; the position is kept' },
  'source-resume': { summary: 'go on reading from the position' },
  'source-resnapshot': { summary: 'read everything again, or a part, while the stream goes on' },
  'source-reload': { summary: 'ask for everybody again, and send everybody again' },
  'source-accept-restore': {
    summary: 'accept that the source was restored or failed over',
    decides:
      'A new epoch begins: everything is read again, and what the restored source says replaces what was known.',
  },
  'source-accept-removals': {
    summary: 'accept a burst of removals that was held back',
    decides: 'The persons that the source no longer has are removed from every consumer.',
  },
  'source-accept-gap': {
    summary: 'state that removals during a gap have been looked after',
    decides:
      'Persons who were removed while changes were lost stay published unless you have found them.',
  },
  'source-accept-loss': {
    summary: 'accept that records of the raw topic are gone before they were processed',
    decides:
      'At its next start the core goes on from the first record that is there, and everything is read again from the source. ' +
      'Persons whose removal was among the lost records stay published.',
  },
};

export function addSourceCommand(program: Command, context: CommandContext): void {
  const source = program
    .command('source')
    .summary('pause a source, resume it, read it again, or decide what it waits for')
    .description(
      'Asks the running instances to pause a source, to go on with it, to read it again, or tells them what a person has ' +
        'decided. The request is a row in the command table with who, when and why; the one that reads the source answers there. None of it ' +
        'writes to the source.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub source pause master --reason "index rebuild in Master tonight"\n' +
        '  hub source resnapshot master --where municipalityCode=0380 --reason "case 4711"\n' +
        '  hub source reload pu --reason "the raw topic was made anew"',
    );
  for (const kind of SOURCE_COMMANDS) {
    const { summary, decides } = COMMANDS[kind];
    const sources = SOURCES_OF[kind];
    const sentence = `${summary[0]?.toUpperCase()}${summary.slice(1)}.`;
    const command = source
      .command(kind.replace('source-', ''))
      .summary(summary)
      .description(decides === undefined ? sentence : `${sentence} ${decides}`)
      .argument('<source>', sources.join(' or '), parseOneOf(sources))
      .requiredOption('--reason <text>', 'why; without personal data');
    if (kind !== ACCEPT_LOSS) {
      command.option('--wait <seconds>', 'how long to wait for the answer', parseCount, 30);
    }
    if (kind === 'source-resnapshot') {
      const fields = RESNAPSHOT_FIELDS.join(', ');
      const about = `only the rows with this code; a field of ${fields}`;
      command.option('--where <field=code>', about, parseFilter);
    }
    if (decides !== undefined) command.option('--execute', 'do it; without this nothing is done');
    command.action(async (source: SourceName, options: SourceOptions) => {
      if (decides !== undefined && !options.execute) {
        return context.terminal.out(`${decides}\nNothing was done. Add --execute to do it.`);
      }
      const { reason, where, wait = 0 } = options;
      const command = { kind, source, reason, ...(where && { filter: where }) };
      return await submitSourceCommand(command, wait, context);
    });
  }
}

function parseFilter(text: string): ResnapshotFilter {
  const [name, value] = text.split('=', 2);
  const field = RESNAPSHOT_FIELDS.find((known) => known === name);
  if (field === undefined || value === undefined) {
    throw new UsageError(
      `error: --where takes <field>=<code> with a field of ${RESNAPSHOT_FIELDS.join(', ')}: never a person's number`,
    );
  }
  return { field, value };
}
