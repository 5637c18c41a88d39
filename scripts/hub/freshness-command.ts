import type { Command } from 'commander';
import { printFreshness } from '../../connectors/runtime/operations/print-freshness.ts';
import { printUncovered } from '../../connectors/runtime/operations/print-uncovered.ts';
import { parsePersonKey } from '../../core/person/person-identifier.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface FreshnessOptions {
  readonly json?: true;
  readonly uncovered?: true;
  readonly after?: string;
  readonly limit: number;
}

export function addFreshnessCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command('freshness')
    .summary('how old is what the hub knows, by register, pull and shard')
    .description(
      'Shows as of when the hub knows what each register says: Master as a whole, PU for each pull and shard, with the run that goes on, ' +
        'when the next one is due, and what is late. Read out of the hub store: it works when no instance runs. The exit code is 1 when ' +
        'something is late.',
    )
    .option('--json', 'the same as JSON')
    .option('--uncovered', 'in place of that: persons whom no pull from PU covers, and why')
    .option('--limit <count>', 'with --uncovered: at most so many person keys', parseCount, 20)
    .option('--after <person key>', 'with --uncovered: go on after this one')
    .addHelpText('after', '\nExamples:\n  hub freshness\n  hub freshness --uncovered --limit 100')
    .action(async (options: FreshnessOptions) => {
      const { json, uncovered } = options;
      if (uncovered) return await showUncovered(options, { terminal, finish });
      await using operator = await openOperator();
      const report = await operator.readFreshness();
      terminal.out(json ? JSON.stringify(report) : printFreshness(report));
      if (report.pu?.shards.some(({ isLate }) => isLate)) finish(EXIT.problem);
    });
}

async function showUncovered(
  { json, after, limit }: FreshnessOptions,
  { terminal, finish }: CommandContext,
): Promise<void> {
  const start = after === undefined ? null : parsePersonKey(after.toLowerCase());
  if (start === undefined) throw new UsageError('error: a person key is a UUID');
  await using operator = await openOperator();
  const report = await operator.readUncovered(start, limit);
  if (report === undefined) {
    terminal.err('PU is not configured: PU_URL is not set.');
    return finish(EXIT.problem);
  }
  terminal.out(json ? JSON.stringify(report) : printUncovered(report));
}
