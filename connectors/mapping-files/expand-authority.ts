import {
  type Authority,
  type AuthorityTable,
  DECIDED_GROUPS,
  type DecidedGroup,
  PHASES,
  type Phase,
} from '../../core/golden-record/authority.ts';
import { STRENGTH_OF } from '../../core/person/identity-type.ts';
import type { IdentityType } from '../../core/person/person-identifier.ts';
import type { AuthorityFile, ByType, PhaseRules } from './authority-schema.ts';
import { type Report, reportDuplicates } from './mapping-problem.ts';
import { recordOf } from './record-of.ts';

const TYPES = Object.keys(STRENGTH_OF) as readonly IdentityType[];

/** Left out by a register that publishes, they would make a person without a name, or one who is dead and published as alive. */
const NEVER_LEFT_OUT: ReadonlySet<DecidedGroup> = new Set([
  'name',
  'sex',
  'birth',
  'deregistration',
]);

/**
 * `authority.json` spread out: a list for every phase, kind of number and group. Which register is right is never left to the program: a cell
 * that nobody decides is reported by its name, `step-1.LRID.contacts`.
 */
export function expandAuthority(file: AuthorityFile, report: Report): AuthorityTable {
  for (const phase of PHASES) reportDoubledSources(phase, file[phase], report);
  const publishes = recordOf(PHASES, (phase) =>
    recordOf(TYPES, (type) => publishersOf(file[phase], phase, type, report)),
  );
  const cells = recordOf(PHASES, (phase) =>
    recordOf(TYPES, (type) =>
      recordOf(DECIDED_GROUPS, (group) => {
        const authority = cellOf(file[phase], type, group);
        reportCell(`${phase}.${type}.${group}`, group, authority, publishes[phase][type], report);
        return authority;
      }),
    ),
  );
  return { version: file.version, cells, publishes };
}

function publishersOf(
  { publishes }: PhaseRules,
  phase: Phase,
  type: IdentityType,
  report: Report,
): Authority {
  const authority = listFor(publishes, type) ?? [];
  if (authority.length === 0) report(`${phase}.${type}.publishes`, 'nobody publishes');
  return authority;
}

function cellOf({ exceptions, decides }: PhaseRules, type: IdentityType, group: DecidedGroup) {
  return listFor(exceptions[group], type) ?? listFor(decides, type) ?? [];
}

function listFor(lists: ByType | undefined, type: IdentityType): Authority | undefined {
  return lists?.[type] ?? lists?.every;
}

function reportCell(
  cell: string,
  group: DecidedGroup,
  authority: Authority,
  publishers: Authority,
  report: Report,
): void {
  if (authority.length === 0) {
    report(cell, 'nobody decides');
    return;
  }
  if (!NEVER_LEFT_OUT.has(group)) return;
  for (const source of publishers) {
    if (!authority.includes(source)) report(cell, `leaves out ${source}, which publishes`);
  }
}

function reportDoubledSources(
  phase: Phase,
  { publishes, decides, exceptions }: PhaseRules,
  report: Report,
): void {
  const tables: readonly (readonly [path: string, ByType])[] = [
    ['publishes', publishes],
    ['decides', decides],
    ...Object.entries(exceptions).map(([group, lists]) => [`exceptions.${group}`, lists] as const),
  ];
  for (const [path, lists] of tables) {
    for (const [type, sources] of Object.entries(lists)) {
      reportDuplicates(sources, (i) => report(`${phase}.${path}.${type}[${i}]`, 'stands twice'));
    }
  }
}
