import { escapeXml } from './write-element.ts';

/** Why a contract that changes something did not: ResultType with `ERROR`. Holds no personal data. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/**
 * Writes ResultType around what `change` does.
 *
 * @param change returns what follows the result. Throws {@link Refusal} before it has changed anything.
 * @param element the name of the element with the prefix `r`, and whether ResultType is a member of it or its own type.
 */
export function writeResult(
  element: { readonly name: string; readonly isWrapper: boolean },
  change: () => string,
): string {
  const { name, isWrapper } = element;
  let result: string;
  let rest = '';
  try {
    rest = change();
    result = '<resultCode>OK</resultCode>';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    result = `<resultCode>ERROR</resultCode><resultText>${escapeXml(error.message)}</resultText>`;
  }
  const content = isWrapper ? `<result>${result}</result>${rest}` : result;
  return `<r:${name}>${content}</r:${name}>`;
}
