/**
 * SimpleQL, the query language of the searching contracts, as much of it as the pulls of the hub and a reader of PU's wiki need:
 *
 *     FROM PersonRecord WHERE populationRegistrationLocality.countyCode IN ("03") AND version >= "20261125000000"
 *
 * `FROM` names the root or a group in it; `WHERE` has comparisons of nodes with values in quotes, `AND`, `OR` and parentheses. Words are
 * told apart without regard to case. A node is found from the group of `FROM`, else from the root. Where a node may have
 * several values, one is enough, and each comparison is for itself. Values are compared as text, dates and times too.
 */
import type { PuRecord } from '../../population/pu-record.ts';
import { PERSON_RECORD } from './person-types.ts';
import { isInProfile } from './profile-fields.ts';
import type { Group, Leaf } from './schema-types.ts';
import { queryFault, readTokens, type Token } from './simple-ql-tokens.ts';
import { isProtected } from './write-person-record.ts';

const ROOT = 'personrecord';
const MAX_DEPTH = 32;
const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'IN', 'LIKE'] as const;
type Operator = (typeof OPERATORS)[number];

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | {
      readonly kind: 'comparison';
      /** Names from the record down, as the schema spells them. */
      readonly path: readonly string[];
      readonly operator: Operator;
      /** Several only for IN. */
      readonly values: readonly string[];
    };

/** @throws ClientFault that says what is wrong and where. */
export function parseQuery(query: string): Condition {
  return new QueryParser(readTokens(query)).parse();
}

/** Recursive descent over the tokens of one query. */
class QueryParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #from: readonly string[] = [];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Condition {
    this.#takeWord('FROM');
    this.#from = this.#takeRoot();
    this.#takeWord('WHERE');
    const condition = this.#readAny();
    const rest = this.#peek();
    if (rest.kind !== 'end') throw queryFault('väntade AND, OR eller slutet', rest.at);
    return condition;
  }

  #readAny(): Condition {
    return this.#readChain('or', 'OR', () => this.#readAll());
  }

  #readAll(): Condition {
    return this.#readChain('and', 'AND', () => this.#readOne());
  }

  #readChain(kind: 'and' | 'or', word: string, read: () => Condition): Condition {
    const first = read();
    const of = [first];
    while (this.#isWord(word)) {
      this.#next++;
      of.push(read());
    }
    return of.length === 1 ? first : { kind, of };
  }

  #readOne(): Condition {
    const token = this.#peek();
    if (!this.#isSign('(')) return this.#readComparison();
    if (++this.#depth > MAX_DEPTH) throw queryFault('för många nivåer av parenteser', token.at);
    this.#next++;
    const inner = this.#readAny();
    this.#takeSign(')');
    this.#depth--;
    return inner;
  }

  #readComparison(): Condition {
    const path = this.#takeNode();
    const operator = this.#takeOperator();
    if (operator !== 'IN') {
      return { kind: 'comparison', path, operator, values: [this.#takeValue()] };
    }
    this.#takeSign('(');
    const values = [this.#takeValue()];
    while (this.#isSign(',')) {
      this.#next++;
      values.push(this.#takeValue());
    }
    this.#takeSign(')');
    return { kind: 'comparison', path, operator, values };
  }

  #takeRoot(): readonly string[] {
    const token = this.#peek();
    const names = token.kind === 'word' ? token.text.split('.') : [];
    const path = resolve(names.slice(1));
    if (names[0]?.toLowerCase() !== ROOT || path?.type.kind !== 'group') {
      throw queryFault('okänd rotnod', token.at);
    }
    this.#next++;
    return path.path;
  }

  #takeNode(): readonly string[] {
    const token = this.#peek();
    if (token.kind !== 'word') throw queryFault('väntade en nod', token.at);
    const names = token.text.split('.');
    const found =
      names[0]?.toLowerCase() === ROOT
        ? resolve(names.slice(1))
        : (resolve([...this.#from, ...names]) ?? resolve(names));
    if (found === undefined || found.type.kind === 'group') throw queryFault('okänd nod', token.at);
    this.#next++;
    return found.path;
  }

  #takeOperator(): Operator {
    const token = this.#peek();
    const text =
      token.kind === 'word' || token.kind === 'sign' ? token.text.toUpperCase() : undefined;
    const operator = OPERATORS.find((known) => known === text);
    if (operator === undefined) throw queryFault('okänd operator', token.at);
    this.#next++;
    return operator;
  }

  #takeValue(): string {
    const token = this.#peek();
    if (token.kind !== 'value') throw queryFault('väntade ett värde inom citattecken', token.at);
    this.#next++;
    return token.text;
  }

  #takeWord(word: string): void {
    if (!this.#isWord(word)) throw queryFault(`väntade ${word}`, this.#peek().at);
    this.#next++;
  }

  #takeSign(sign: string): void {
    if (!this.#isSign(sign)) throw queryFault(`väntade ${sign}`, this.#peek().at);
    this.#next++;
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  #isSign(sign: string): boolean {
    const token = this.#peek();
    return token.kind === 'sign' && token.text === sign;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', at: 0 };
  }
}

/** Finds a node by its names, whatever their case. */
function resolve(
  names: readonly string[],
): { readonly path: readonly string[]; readonly type: Leaf | Group } | undefined {
  let type: Leaf | Group = PERSON_RECORD;
  const path: string[] = [];
  for (const name of names) {
    if (type.kind !== 'group') return undefined;
    const members: Group['members'] = type.members;
    const known = Object.keys(members).find(
      (member) => member.toLowerCase() === name.toLowerCase(),
    );
    const member = known === undefined ? undefined : members[known];
    if (known === undefined || member === undefined) return undefined;
    path.push(known);
    type = member.type;
  }
  return { path, type };
}

/**
 * Makes the test of a condition. In a restricted search no comparison with a field that is hidden of a protected person ever matches that
 * person, not even `!=`: else the answer would say what the record does not.
 */
export function createMatcher(
  condition: Condition,
  isUnrestricted: boolean,
): (record: PuRecord) => boolean {
  if (condition.kind !== 'comparison') {
    const parts = condition.of.map((part) => createMatcher(part, isUnrestricted));
    return condition.kind === 'and'
      ? (record) => parts.every((matches) => matches(record))
      : (record) => parts.some((matches) => matches(record));
  }
  const { path } = condition;
  const test = createTest(condition.operator, condition.values);
  const isHidden = !isUnrestricted && !isInProfile(path, 'P1');
  return (record) => !(isHidden && isProtected(record)) && hasValue(record, path, 0, test);
}

/** Whether a value at the path passes; a list passes with any of its members, an absent value never. */
function hasValue(
  value: unknown,
  path: readonly string[],
  at: number,
  test: (text: string) => boolean,
): boolean {
  if (value === undefined) return false;
  if (Array.isArray(value)) return value.some((part) => hasValue(part, path, at, test));
  const name = path[at];
  if (name === undefined) return test(String(value));
  return hasValue((value as Readonly<Record<string, unknown>>)[name], path, at + 1, test);
}

function createTest(operator: Operator, values: readonly string[]): (text: string) => boolean {
  const [value = ''] = values;
  switch (operator) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case '<':
      return (text) => text < value;
    case '<=':
      return (text) => text <= value;
    case '>':
      return (text) => text > value;
    case '>=':
      return (text) => text >= value;
    case 'IN': {
      const among = new Set(values);
      return (text) => among.has(text);
    }
    case 'LIKE':
      return createPattern(value);
  }
}

/** `%` stands for any text. Looks from left to right only once, whatever the pattern. */
function createPattern(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('%');
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

/**
 * Whether every match has a version of `madeAt` or later, so that only what changed since then has to be looked at.
 */
export function asksOnlyForChanges(condition: Condition, madeAt: string): boolean {
  if (condition.kind !== 'comparison') {
    const asks = (part: Condition): boolean => asksOnlyForChanges(part, madeAt);
    return condition.kind === 'and' ? condition.of.some(asks) : condition.of.every(asks);
  }
  const isFrom = ['>=', '>', '=', 'IN'].includes(condition.operator);
  return (
    condition.path.join('.') === 'version' &&
    isFrom &&
    condition.values.every((value) => value >= madeAt)
  );
}
