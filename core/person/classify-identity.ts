import {
  checkNationalReserveIdentity,
  deriveFromNationalReserveIdentity,
} from './national-reserve-identity.ts';
import {
  type Identity,
  type IdentityType,
  OID_NRID,
  OID_PNR,
  OID_SNR,
  type Oid,
} from './person-identifier.ts';
import {
  checkPersonalNumber,
  type Derived,
  deriveFromPersonalNumber,
  type NumberFault,
} from './personnummer.ts';
import {
  type CompiledFormat,
  compileReserveNumberFormat,
  type ReserveNumberFormat,
} from './reserve-number-format.ts';

/** The three national formats; every other key is that of a {@link ReserveNumberFormat}. */
export type FormatKey = 'PNR' | 'SNR' | 'NRID' | (string & {});

/** What a value without a declared root is. */
export type Classification =
  | {
      readonly kind: 'classified';
      readonly identity: Identity;
      readonly type: IdentityType;
      readonly format: FormatKey;
    }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly FormatKey[] }
  | {
      readonly kind: 'unclassified';
      /** `root-not-configured`: one format fits, but the region has not stated its OID. */
      readonly reason: 'no-format-fits' | 'root-not-configured';
    };

/** Whether a value is a number of its declared root. `identity` has the stored form. */
export type Validation =
  | { readonly kind: 'valid'; readonly identity: Identity }
  | { readonly kind: 'invalid'; readonly reason: 'unknown-root' | NumberFault };

/**
 * Classifying and validating are two questions. A source that declares the root is believed and its value validated. A bare
 * value is classified only when exactly one configured format fits: many of the regions' formats overlap.
 */
export interface IdentityClassifier {
  /** Never throws, whatever the text. */
  classify(text: string): Classification;
  /** Never throws, whatever the text. */
  validate(root: Oid, text: string): Validation;
  /** Whether {@link validate} knows the root. */
  knowsRoot(root: Oid): boolean;
  /** What may be read from a valid identity where no source states it. */
  derive(identity: Identity): Derived;
}

/** A number as written, without what is never stored. */
interface WrittenNumber {
  /** Without blanks around it and without the separator before the last four. */
  readonly asWritten: string;
  readonly upperCase: string;
  readonly separator: '' | '-' | '+';
  readonly hasLetter: boolean;
}

type NationalType = 'PNR' | 'SNR' | 'NRID';

const TYPE_OF_ROOT: ReadonlyMap<Oid, NationalType> = new Map([
  [OID_PNR, 'PNR'],
  [OID_SNR, 'SNR'],
  [OID_NRID, 'NRID'],
]);
const ROOT_OF_TYPE = { PNR: OID_PNR, SNR: OID_SNR, NRID: OID_NRID } as const;

const NO_FORMAT_FITS: Classification = { kind: 'unclassified', reason: 'no-format-fits' };
const NO_ROOT: Classification = { kind: 'unclassified', reason: 'root-not-configured' };
const INVALID = {
  'unknown-root': { kind: 'invalid', reason: 'unknown-root' },
  shape: { kind: 'invalid', reason: 'shape' },
  date: { kind: 'invalid', reason: 'date' },
  'check-digit': { kind: 'invalid', reason: 'check-digit' },
} as const satisfies Record<string, Validation>;
const NOTHING_DERIVED: Derived = { birthDate: null, sex: null };

/** @param formats the regions' own formats; the national ones are built in. */
export function createIdentityClassifier(
  formats: readonly ReserveNumberFormat[],
): IdentityClassifier {
  const compiled = formats.map(compileReserveNumberFormat);
  const withDigitsOnly = compiled.filter(({ format }) => format.letters !== 'always');
  const withLetters = compiled.filter(({ format }) => format.letters !== 'never');
  const byRoot = new Map<Oid, CompiledFormat>();
  for (const local of compiled) {
    if (local.format.root !== null) byRoot.set(local.format.root, local);
  }

  return {
    classify(text) {
      // Nearly every value is a good personnummer in its stored form: it is known by loops over its digits, and of the patterns
      // it meets only those that could fit digits.
      const plain = checkPersonalNumber(text);
      if (
        (plain === 'PNR' || plain === 'SNR') &&
        !withDigitsOnly.some((f) => f.check(text) === 'fits')
      ) {
        return classified(ROOT_OF_TYPE[plain], text, plain, plain);
      }
      const written = readWritten(text);
      if (written === undefined) return NO_FORMAT_FITS;
      const national = checkNational(written);
      const local = (written.hasLetter ? withLetters : withDigitsOnly).filter(
        (f) => checkLocal(f, written) === 'fits',
      );
      if (isFault(national)) return onlyOf(local, written);
      if (local.length > 0) {
        return { kind: 'ambiguous', candidates: [national, ...local.map(keyOf)] };
      }
      return classified(ROOT_OF_TYPE[national], written.upperCase, national, national);
    },

    validate(root, text) {
      const type = TYPE_OF_ROOT.get(root);
      if (type !== undefined) {
        if (checkPersonalNumber(text) === type) return valid(root, text);
        const written = readWritten(text);
        if (written === undefined) return INVALID.shape;
        const check = checkNational(written);
        if (check === type) return valid(root, written.upperCase);
        return INVALID[isFault(check) ? check : 'shape'];
      }
      const local = byRoot.get(root);
      if (local === undefined) return INVALID['unknown-root'];
      const written = readWritten(text);
      if (written === undefined) return INVALID.shape;
      const check = checkLocal(local, written);
      return check === 'fits' ? valid(root, storedForm(local, written)) : INVALID[check];
    },

    knowsRoot: (root) => TYPE_OF_ROOT.has(root) || byRoot.has(root),

    derive({ root, extension }) {
      const type = TYPE_OF_ROOT.get(root);
      if (type === 'NRID') return deriveFromNationalReserveIdentity(extension);
      if (type !== undefined) return deriveFromPersonalNumber(extension);
      return byRoot.get(root)?.derive(extension) ?? NOTHING_DERIVED;
    },
  };
}

function valid(root: Oid, extension: string): Validation {
  return { kind: 'valid', identity: { root, extension } };
}

function classified(
  root: Oid,
  extension: string,
  type: IdentityType,
  format: FormatKey,
): Classification {
  return { kind: 'classified', identity: { root, extension }, type, format };
}

function onlyOf(fitting: readonly CompiledFormat[], written: WrittenNumber): Classification {
  const [only] = fitting;
  if (only === undefined) return NO_FORMAT_FITS;
  if (fitting.length > 1) return { kind: 'ambiguous', candidates: fitting.map(keyOf) };
  if (only.format.root === null) return NO_ROOT;
  return classified(only.format.root, storedForm(only, written), 'LRID', keyOf(only));
}

const keyOf = ({ format }: CompiledFormat): FormatKey => format.key;

function isFault(check: NationalType | NumberFault): check is NumberFault {
  return check === 'shape' || check === 'date' || check === 'check-digit';
}

function checkNational(written: WrittenNumber): NationalType | NumberFault {
  if (!written.hasLetter) return checkPersonalNumber(written.upperCase);
  return written.separator === '+' ? 'shape' : checkNationalReserveIdentity(written.upperCase);
}

function checkLocal(local: CompiledFormat, written: WrittenNumber): 'fits' | NumberFault {
  const { separator, hasLetter } = written;
  const { letters, hyphenBeforeLastFour } = local.format;
  if (separator === '+' || (separator === '-' && !hyphenBeforeLastFour)) return 'shape';
  if (letters === (hasLetter ? 'never' : 'always')) return 'shape';
  return local.check(storedForm(local, written));
}

function storedForm({ format }: CompiledFormat, written: WrittenNumber): string {
  return format.caseSensitive ? written.asWritten : written.upperCase;
}

/** Longer than any number with its blanks (`char(n)`), so that a whole document does not go through every pattern. */
const LONGEST = 64;
const DIGITS_AND_LETTERS = /^[0-9A-Za-z]+$/;
const LETTER = /[A-Za-z]/;

/** @returns undefined when the text has characters that no number has: only ASCII, so that no letter changes length with its case. */
function readWritten(text: string): WrittenNumber | undefined {
  if (text.length > LONGEST) return undefined;
  const trimmed = text.trim();
  const before = trimmed.charAt(trimmed.length - 5);
  const separator = before === '-' || before === '+' ? before : '';
  const asWritten = separator === '' ? trimmed : trimmed.slice(0, -5) + trimmed.slice(-4);
  if (!DIGITS_AND_LETTERS.test(asWritten)) return undefined;
  const hasLetter = LETTER.test(asWritten);
  return {
    asWritten,
    upperCase: hasLetter ? asWritten.toUpperCase() : asWritten,
    separator,
    hasLetter,
  };
}
