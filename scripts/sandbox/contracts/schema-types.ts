/**
 * The parts that types of the contracts are made of. One description of a type serves the writer (order of the elements), the reader (what
 * is refused) and the query language (which nodes there are).
 */

/** `date` is a PartialDateType: its text is the value, and the format follows from the length. */
export type Leaf =
  | {
      readonly kind: 'text';
      readonly min: number;
      readonly max: number;
      readonly pattern: RegExp | null;
    }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'date' };

/** `1` once, `?` at most once, `+` at least once, `*` any number of times. */
export type Occurs = '1' | '?' | '+' | '*';

export interface Member<T extends Leaf | Group = Leaf | Group, O extends Occurs = Occurs> {
  readonly type: T;
  readonly occurs: O;
}

export type Members = Readonly<Record<string, Member>>;

/** The members in the order of the schema's sequence. */
export interface Group<M extends Members = Members> {
  readonly kind: 'group';
  readonly members: M;
}

type ValueOf<T> =
  T extends Group<infer M>
    ? ValuesOf<M>
    : T extends { readonly kind: 'flag' }
      ? boolean
      : T extends { readonly kind: 'number' }
        ? number
        : string;

type NamesWith<M extends Members, O extends Occurs> = {
  [K in keyof M]: M[K] extends Member<Leaf | Group, O> ? K : never;
}[keyof M];

/** The value that a group describes. */
export type ValuesOf<M extends Members> = {
  readonly [K in NamesWith<M, '1'>]: ValueOf<M[K]['type']>;
} & {
  readonly [K in NamesWith<M, '?'>]?: ValueOf<M[K]['type']>;
} & {
  readonly [K in NamesWith<M, '+'>]: readonly ValueOf<M[K]['type']>[];
} & {
  readonly [K in NamesWith<M, '*'>]?: readonly ValueOf<M[K]['type']>[];
};

export function group<M extends Members>(members: M): Group<M> {
  return { kind: 'group', members };
}
export function one<T extends Leaf | Group>(type: T): Member<T, '1'> {
  return { type, occurs: '1' };
}
export function maybe<T extends Leaf | Group>(type: T): Member<T, '?'> {
  return { type, occurs: '?' };
}
export function some<T extends Leaf | Group>(type: T): Member<T, '+'> {
  return { type, occurs: '+' };
}
export function many<T extends Leaf | Group>(type: T): Member<T, '*'> {
  return { type, occurs: '*' };
}

type TextLeaf = Extract<Leaf, { kind: 'text' }>;
type NumberLeaf = Extract<Leaf, { kind: 'number' }>;

/** xs:string of at most `max` characters. */
export function text(max = Number.POSITIVE_INFINITY): TextLeaf {
  return { kind: 'text', min: 0, max, pattern: null };
}
/** xs:int between two bounds. */
export function int(min = -2_147_483_648, max = 2_147_483_647): NumberLeaf {
  return { kind: 'number', min, max };
}
function shaped(pattern: RegExp): TextLeaf {
  return { kind: 'text', min: 1, max: Number.POSITIVE_INFINITY, pattern };
}

/** An xs:string that says nothing when it is empty. */
export const FILLED: TextLeaf = {
  kind: 'text',
  min: 1,
  max: Number.POSITIVE_INFINITY,
  pattern: null,
};
/** CodedValue: at most 40 characters. */
export const CODE = text(40);
export const FLAG: Extract<Leaf, { kind: 'flag' }> = { kind: 'flag' };
export const PARTIAL_DATE: Extract<Leaf, { kind: 'date' }> = { kind: 'date' };
/** Timestamp: `YYYYMMDDhhmmss`, Swedish local time. */
export const TIMESTAMP = shaped(/^\d{14}$/);
/** xs:date. */
export const DAY = shaped(/^\d{4}-\d{2}-\d{2}(?:Z|[+-]\d{2}:\d{2})?$/);
/** xs:dateTime. */
export const MOMENT = shaped(
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$/,
);
/** xs:base64Binary. */
export const BASE64 = shaped(/^[A-Za-z0-9+/=\s]*$/);
