/** What a person may look at, each by a person key. */
export interface SampleKeys {
  readonly person?: string | undefined;
  readonly protectedPerson?: string | undefined;
  /** Protected because PU says so, while Master does not. */
  readonly protectedByPuOnly?: string | undefined;
  /** Two keys turned out to be this person. */
  readonly merged?: string | undefined;
}

type Hint = readonly [command: string, why: string];

/** Commands to look further, with real keys, for another terminal in the same folder. */
export function printLookFurther(
  where: {
    readonly settingsFile: string;
    readonly log: string;
    readonly stackName: string;
  },
  keys: SampleKeys,
): string {
  const { person, protectedPerson, protectedByPuOnly, merged } = keys;
  const ofSandbox = `--name ${where.stackName}`;
  const parts: readonly (readonly [title: string, hints: readonly Hint[]])[] = [
    [
      'Look further, in another terminal in this folder',
      [
        [`. ./${where.settingsFile}`, 'where everything is'],
        [hub('status --watch'), 'state, position, lag, rate, parked'],
        [hub('read person.events.v1 --limit 3'), 'what happened last'],
        [hub('read person.events.v1 --follow'), 'what happens'],
        ...about(person, 'read person.state.v1 --key', 'one person'),
        ...about(person, 'explain', 'where each part of it came from'),
        ...about(protectedPerson, 'read person.state.v1 --key', 'a protected one'),
        ...about(protectedByPuOnly, 'explain', 'protected by PU, not by Master'),
        [hub('parked'), 'what was parked, and what to do'],
      ],
    ],
    [
      'One person of two registers',
      [
        [hub('phase show'), 'which register decides, and the walk'],
        [hub('phase preview step-2'), 'what the next step would change'],
        ...about(merged, 'explain', 'two keys that are one person now'),
        [hub('work list'), 'what waits for somebody to decide'],
        [hub('purge list'), 'what consumers have to forget'],
      ],
    ],
    [
      'Ask PU, and trouble it',
      [
        [hub('freshness'), 'how old is what is known, by shard'],
        [hub('freshness --uncovered --limit 3'), 'whom no pull covers, and why'],
        [hub('pull --now own-region'), 'ask before it is due'],
        [hub(`sandbox fault call-fails --share 0.5 ${ofSandbox}`), 'half of the calls fail'],
        [hub(`sandbox fault --off ${ofSandbox}`), 'no more faults'],
        [hub("source pause pu --reason 'a look'"), 'Master goes on'],
        [hub("source resume pu --reason 'a look'"), 'PU again'],
      ],
    ],
  ];
  const width = Math.max(...parts.flatMap(([, hints]) => hints.map(([text]) => text.length)));
  return [
    ...parts.flatMap(([title, hints]) => [
      `\n  ${title}`,
      ...hints.map(([command, why]) => `    ${command.padEnd(width)}  # ${why}`),
    ]),
    `\n  The log of the hub: ${where.log}`,
  ].join('\n');
}

function hub(command: string): string {
  return `npm run hub -- ${command}`;
}

function about(key: string | undefined, command: string, why: string): readonly Hint[] {
  return key === undefined ? [] : [[hub(`${command} ${key}`), why]];
}
