import { describe, expect, it } from 'vitest';
import {
  filterOf,
  requestOf,
  type SourceCommand,
} from '../../../../connectors/runtime/operations/source-commands.ts';

const COMMAND: SourceCommand = {
  kind: 'source-resnapshot',
  source: 'master',
  reason: 'case 4711',
  requestedBy: 'operator',
};

describe('requestOf', () => {
  it('makes the row with who, what and why', () => {
    expect(requestOf(COMMAND)).toEqual({
      kind: 'request',
      request: {
        kind: 'source-resnapshot',
        target: 'master',
        arguments: {},
        reason: 'case 4711',
        requestedBy: 'operator',
        expectedState: null,
      },
    });
  });

  it('gives a filter that the instance reads back', () => {
    const filter = { field: 'municipalityCode', value: '0380' } as const;
    const made = requestOf({ ...COMMAND, filter });
    expect(made.kind === 'request' && filterOf(made.request.arguments)).toEqual(filter);
    expect(filterOf({})).toBeUndefined();
    expect(filterOf({ field: 'surname', value: 'x' })).toBeUndefined();
  });

  it.each(['', '  ', 'ok'])('refuses a reason that says nothing: %j', (reason) => {
    expect(requestOf({ ...COMMAND, reason }).kind).toBe('refused');
  });

  it.each(['22790814AA01', 'about 22790814-AA01', 'person 991981000010 moved'])(
    'refuses a reason with what looks like an identity: reserve number example %#',
    (reason) => {
      expect(requestOf({ ...COMMAND, reason })).toMatchObject({ kind: 'refused' });
    },
  );

  it.each(['22790814AA01', 'Anna Andersson', "' OR 1=1", ''])(
    'refuses a filter value that is no code: %#',
    (value) => {
      const filter = { field: 'municipalityCode', value } as const;
      expect(requestOf({ ...COMMAND, filter }).kind).toBe('refused');
    },
  );
});
