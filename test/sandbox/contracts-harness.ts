/** The contracts over a register in memory, and what is needed to ask them and to read their answers. */
import { expect } from 'vitest';
import type { PuIdentity, PuRecord } from '../../scripts/population/pu-record.ts';
import { createContracts } from '../../scripts/sandbox/contracts/answer-contract.ts';
import {
  CORE_NAMESPACE,
  responderNamespace,
} from '../../scripts/sandbox/contracts/contract-namespaces.ts';
import { readXml, type XmlElement } from '../../scripts/sandbox/contracts/read-xml.ts';
import { escapeXml } from '../../scripts/sandbox/contracts/write-element.ts';
import type {
  ContractAnswer,
  ContractName,
  Contracts,
  OrderDesk,
  OrderedQuestion,
  SandboxRegister,
} from '../../scripts/sandbox/sandbox-types.ts';
import { hasSchemas, validateSoap } from '../support/xsd-validator.ts';
import { CALLER } from './contracts-records.ts';

export const MADE_AT = '20261124000000';
/** 2026-11-25, noon in Sweden. */
const NOW = Date.UTC(2026, 10, 25, 11);

/** A register in memory, and what has been ordered. */
export interface TestContracts extends Contracts {
  readonly register: SandboxRegister;
  readonly ordered: readonly { readonly question: OrderedQuestion; readonly caller: string }[];
  /** How often all records were asked for. */
  readonly fullReads: () => number;
  call(contract: ContractName, content: string, caller?: string): ContractAnswer;
  /** The response element; fails on a fault. */
  ask(contract: ContractName, content: string): XmlElement;
}

export function createTestContracts(
  records: readonly PuRecord[],
  files: OrderDesk['files'] = () => undefined,
): TestContracts {
  const key = ({ root, extension }: PuIdentity): string => `${root};${extension}`;
  const known = new Map(records.map((each) => [key(each.personalIdentity), each]));
  const changed = new Set<string>();
  const ordered: { question: OrderedQuestion; caller: string }[] = [];
  let second = 0;
  let fullReads = 0;
  const register: SandboxRegister = {
    madeAt: MADE_AT,
    now: () => NOW,
    // Copies, as from a file: nothing may depend on getting the same object twice.
    find: (identity) => structuredClone(known.get(key(identity))),
    *all() {
      fullReads++;
      yield* known.values();
    },
    *changed() {
      for (const name of changed) yield* [known.get(name)].filter((each) => each !== undefined);
    },
    put: (put) => {
      const version = String(20_261_125_120_000 + second++);
      return put.map((each) => {
        const stored = { ...each, version };
        known.set(key(each.personalIdentity), stored);
        changed.add(key(each.personalIdentity));
        return stored;
      });
    },
  };
  const orders: OrderDesk = {
    place: (question, caller) => `order-${ordered.push({ question, caller })}`,
    files,
  };
  const contracts = createContracts({ register, orders });
  const call: TestContracts['call'] = (contract, content, caller = CALLER) => {
    const asked = request(contract, content);
    const answer = contracts.answer({ contract, request: asked, caller });
    if (answer.kind === 'answer' && hasSchemas()) {
      // What was accepted was valid, and so is what was answered, in every test that asks anything.
      expect(validateSoap(contract, 'request', asked)).toEqual([]);
      expect(validateSoap(contract, 'response', answer.body)).toEqual([]);
    }
    return answer;
  };
  return {
    ...contracts,
    register,
    ordered,
    fullReads: () => fullReads,
    call,
    ask(contract, content) {
      const answer = call(contract, content);
      if (answer.kind === 'fault') throw new Error(`Fault: ${answer.text}`);
      return readXml(answer.body);
    },
  };
}

/** The request of a contract; core elements have the prefix `p`, those of the contract itself none. */
export function request(contract: ContractName, content: string): string {
  return `<${contract} xmlns="${responderNamespace(contract)}" xmlns:p="${CORE_NAMESPACE}">${content}</${contract}>`;
}

/** An IIType element without prefix. */
export function id(name: string, { root, extension }: PuIdentity): string {
  return `<${name}><p:root>${root}</p:root><p:extension>${escapeXml(extension)}</p:extension></${name}>`;
}

export const ACTOR_XML = `<actor><p:id><p:root>1.2.752.29.6.2.1</p:root><p:extension>SE165565594230-1001</p:extension></p:id><p:professional><p:organizationId><p:root>1.2.752.29.6.10.1</p:root><p:extension>${CALLER}</p:extension></p:organizationId></p:professional></actor>`;

/** The elements below, by the names of a path from the element down. */
export function all(element: XmlElement, ...path: readonly string[]): readonly XmlElement[] {
  return path.reduce<readonly XmlElement[]>(
    (elements, name) =>
      elements.flatMap(({ children }) => children.filter((child) => child.name === name)),
    [element],
  );
}

/** The texts of {@link all}. */
export function texts(element: XmlElement, ...path: readonly string[]): readonly string[] {
  return all(element, ...path).map(({ text }) => text);
}
