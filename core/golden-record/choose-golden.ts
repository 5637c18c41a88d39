import {
  type AuthorityTable,
  DECIDED_GROUPS,
  type DecidedGroup,
  type GoldenRules,
  type Phase,
} from './authority.ts';
import { chooseMain, type MainIdentity } from './choose-main.ts';
import { chooseRecord, type GoldenMember, isRecord, type RegisterRecord } from './choose-record.ts';
import type { GoldenInput, Withheld } from './golden-input.ts';
import { judgeProtection, type Protection } from './protection.ts';

/** What the rules choose of a cluster, before anything is made of it: a golden record and its explanation come from the same choice. */
export type GoldenChoice =
  | {
      readonly kind: 'nobody';
      readonly withheld: Withheld | null;
      readonly protection: Protection;
    }
  | {
      readonly kind: 'somebody';
      readonly main: MainIdentity;
      /** Who decides about the main identity. */
      readonly cells: AuthorityTable['cells'][Phase][keyof AuthorityTable['cells'][Phase]];
      /** The record that a group comes from, whole; undefined: nobody says anything, the group is empty. */
      readonly recordFor: (group: DecidedGroup) => RegisterRecord | undefined;
      readonly protection: Protection;
    };

export function chooseGolden(input: GoldenInput, rules: GoldenRules, phase: Phase): GoldenChoice {
  const { authority, dropsTestPersons } = rules;
  const protection = judgeProtection(input, authority.cells[phase]);
  const main = chooseMain(input.members, authority.publishes[phase]);
  if (main === undefined) {
    const withheld = input.members.some(hasRecord) ? 'not-leading' : null;
    return { kind: 'nobody', withheld, protection };
  }
  const cells = authority.cells[phase][main.type];
  const recordFor = (group: DecidedGroup) => chooseRecord(main.member, cells[group]);
  if (dropsTestPersons && recordFor('name')?.content.testPerson === true) {
    return { kind: 'nobody', withheld: 'test-person', protection };
  }
  return { kind: 'somebody', main, cells, recordFor, protection };
}

/** Whether a register decides about any group in the place of the one that should. */
export function isFallingBack({ cells, recordFor }: GoldenChoice & { kind: 'somebody' }): boolean {
  return DECIDED_GROUPS.some((group) => {
    const record = recordFor(group);
    return record !== undefined && record.source !== cells[group][0];
  });
}

function hasRecord({ evidence }: GoldenMember): boolean {
  return evidence.some((one) => isRecord(one) && one.content.isOnlyFlags !== true);
}
