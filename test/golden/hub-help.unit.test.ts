import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from 'commander';
import { createProgram, runCommandLine } from '../../scripts/hub/program.ts';
import type { Terminal } from '../../scripts/hub/terminal.ts';

function collect(): { readonly terminal: Terminal; readonly out: string[]; readonly err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    redraw: (text) => out.push(text),
    isInteractive: false,
    signal: new AbortController().signal,
  };
  return { terminal, out, err };
}

/** Every command with the words that lead to it. */
function commandsOf(command: Command, path: readonly string[] = []): readonly (readonly string[])[] {
  return [path, ...command.commands.flatMap((sub) => commandsOf(sub, [...path, sub.name()]))];
}

const program = createProgram({ terminal: collect().terminal, finish: () => undefined });
const paths = commandsOf(program);

describe('the help page', () => {
  it.each(paths.map((path) => [path.join(' '), path] as const))(
    'of `hub %s` is as approved',
    async (_, path) => {
      const { terminal, out, err } = collect();
      expect(await runCommandLine([...path, '--help'], terminal)).toBe(0);
      expect(err).toEqual([]);
      const file = join(import.meta.dirname, 'help', `${['hub', ...path].join('-')}.txt`);
      await expect(`${out.join('\n')}\n`).toMatchFileSnapshot(file);
    },
  );

  it.each(paths.map((path) => [path.join(' '), path] as const))(
    'of `hub %s` fits a terminal of 125 columns',
    async (_, path) => {
      const { terminal, out } = collect();
      await runCommandLine([...path, '--help'], terminal);
      const widest = Math.max(...out.join('\n').split('\n').map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(125);
    },
  );

  it('names every command that there is', () => {
    const names = program.commands.map((command) => command.name());
    expect(names.toSorted()).toEqual(
      (
        'config consumers erase errors explain freshness look-up parked phase preflight pull purge read rebuild run sandbox source ' +
        'stack status store-grants topics work'
      ).split(' '),
    );
  });
});

describe('a command line that makes no sense', () => {
  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['stats'], 'Did you mean'],
    [['status', '--wat'], "unknown option '--wat'"],
    [['read'], "missing required argument 'topic'"],
    [['read', 'person.state.v1', '--limit', 'many'], '"many" is not a whole number above 0'],
    [['read', 'person.state.v1', '--from-beginning', '--follow'], 'do not go together'],
    [['explain', 'somebody'], 'a person key is a UUID'],
    [['consumers', 'show'], "missing required argument 'name'"],
    [['consumers', 'preview', 'cosmic'], "required option '--person <personKey...>' not specified"],
    [['consumers', 'preview', 'cosmic', '--person', 'somebody'], 'a person key is a UUID'],
    [['errors', 'HUB_NO_SUCH'], 'there is no code HUB_NO_SUCH'],
    [['source', 'pause', 'master'], "required option '--reason <text>' not specified"],
    [['source', 'pause', 'slave', '--reason', 'a test'], '"slave" is none of master, pu'],
    [['source', 'reload', 'master', '--reason', 'a test'], '"master" is none of pu'],
    [['source', 'accept-gap', 'pu', '--reason', 'a test'], '"pu" is none of master'],
    [['pull'], "required option '--now' not specified"],
    [['pull', '--now', 'everything'], '"everything" is none of own-region'],
    [['source', 'pause', 'master', '--reason', ' '], 'say why in a few words'],
    [['source', 'resnapshot', 'master', '--reason', 'a test', '--where', 'surname=X'], 'never a person'],
    [['phase', 'switch', 'step-3', '--reason', 'a test'], '"step-3" is none of shadow, step-1, step-2'],
    [['phase', 'switch', 'step-1'], "required option '--reason <text>' not specified"],
    [['work', 'list', '--kind', 'any'], '"any" is none of link-against-hierarchy'],
    [['work', 'show', 'twelve'], '"twelve" is not the number of a work item'],
    [['work', 'decide', '12', 'maybe', '--reason', 'a test'], '"maybe" is none of same-person'],
    [['rebuild'], "required option '--reason <text>' not specified"],
    [['store-grants'], "missing required argument 'login'"],
    [['stack', 'logs', '--part', 'master'], '"master" is none of kafka, registry, postgresql'],
  ])('%j ends with exit code 2 and says why', async (args, problem) => {
    const { terminal, out, err } = collect();
    expect(await runCommandLine(args, terminal)).toBe(2);
    expect(err.join('\n')).toContain(problem);
    expect(out).toEqual([]);
  });
});

describe('hub rebuild', () => {
  it('only says what it would do without --execute', async () => {
    const { terminal, out } = collect();
    expect(await runCommandLine(['rebuild', '--reason', 'a test'], terminal)).toBe(0);
    expect(out.join('\n')).toContain('Nothing was done. Add --execute to do it.');
  });
});

describe('hub store-grants', () => {
  it('prints statements for psql, none of which is about evidence', async () => {
    const { terminal, out } = collect();
    expect(await runCommandLine(['store-grants', 'hub_publisher'], terminal)).toBe(0);
    const lines = out.join('\n').split('\n');
    for (const line of lines) expect(line).toMatch(/^GRANT .* TO "hub_publisher";$/);
    expect(lines.join()).not.toContain('evidence');
  });
});

describe('a decision that changes what consumers get', () => {
  it.each(['accept-restore', 'accept-removals', 'accept-gap'])(
    'is only described by `hub source %s` without --execute',
    async (name) => {
      const { terminal, out } = collect();
      expect(await runCommandLine(['source', name, 'master', '--reason', 'a test'], terminal)).toBe(0);
      expect(out.join('\n')).toContain('Nothing was done. Add --execute to do it.');
    },
  );
});
