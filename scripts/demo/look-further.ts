import type { PublishedTally } from './published-tally.ts';

/** Commands to look further, with real keys, for another terminal in the same folder. */
export function printLookFurther(
  where: { readonly settingsFile: string; readonly log: string },
  keys: PublishedTally['sampleKeys'],
): string {
  const commands: readonly (readonly [string, string])[] = [
    [`. ./${where.settingsFile}`, 'where everything is'],
    ['npm run hub -- status --watch', 'state, position, lag, rate, parked'],
    ['npm run hub -- read person.events.v1 --limit 3', 'what happened last'],
    ['npm run hub -- read person.events.v1 --follow', 'what happens'],
    ...(keys.person === undefined
      ? []
      : ([
          [`npm run hub -- read person.state.v1 --key ${keys.person}`, 'one person'],
          [`npm run hub -- explain ${keys.person}`, 'where each part of it came from'],
        ] as const)),
    ...(keys.protectedPerson === undefined
      ? []
      : ([
          [`npm run hub -- read person.state.v1 --key ${keys.protectedPerson}`, 'a protected one'],
        ] as const)),
    ['npm run hub -- parked', 'what was parked, and what to do'],
  ];
  const width = Math.max(...commands.map(([command]) => command.length));
  return [
    '\n  Look further, in another terminal in this folder',
    ...commands.map(([command, why]) => `    ${command.padEnd(width)}  # ${why}`),
    `\n  The log of the hub: ${where.log}`,
  ].join('\n');
}
