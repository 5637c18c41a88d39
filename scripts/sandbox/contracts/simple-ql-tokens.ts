import { ClientFault } from './client-fault.ts';

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'value'; readonly text: string; readonly at: number }
  | {
      readonly kind: 'sign';
      readonly text: '=' | '!=' | '<' | '<=' | '>' | '>=' | '(' | ')' | ',';
      readonly at: number;
    }
  | { readonly kind: 'end'; readonly at: number };

/** A list of all municipalities, or of some hundreds of identities, fits well. */
const MAX_CHARACTERS = 20_000;

const TOKEN =
  /\s*(?:(?<word>[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<sign>!=|<=|>=|[=<>(),]))/y;

/** The fault for a query, with the place as a character number from 1. The text of a query may be personal data and is not repeated. */
export function queryFault(what: string, at: number): ClientFault {
  return new ClientFault(`Frågan kan inte tolkas: ${what} vid tecken ${at + 1}.`);
}

/** @throws ClientFault at what is neither a name, a value in quotes nor a sign of the language. */
export function readTokens(query: string): readonly Token[] {
  if (query.length > MAX_CHARACTERS) {
    throw new ClientFault(`Frågan kan inte tolkas: längre än ${MAX_CHARACTERS} tecken.`);
  }
  const tokens: Token[] = [];
  const end = query.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(query)?.groups;
    const blanks = query.slice(from).length - query.slice(from).trimStart().length;
    if (found === undefined) throw queryFault('otillåtet tecken', from + blanks);
    tokens.push(toToken(found, from + blanks));
  }
  tokens.push({ kind: 'end', at: end });
  return tokens;
}

function toToken(found: Readonly<Record<string, string | undefined>>, at: number): Token {
  const { word, sign } = found;
  if (word !== undefined) return { kind: 'word', text: word, at };
  if (sign !== undefined) {
    return { kind: 'sign', text: sign as Extract<Token, { kind: 'sign' }>['text'], at };
  }
  return { kind: 'value', text: found['double'] ?? found['single'] ?? '', at };
}
