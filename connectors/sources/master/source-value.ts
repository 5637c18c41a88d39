const SET: ReadonlySet<string> = new Set(['t', 'true', '1', 'J', 'j', 'Y', 'y']);
const NOT_SET: ReadonlySet<string> = new Set(['f', 'false', '0', 'N', 'n']);

/**
 * A flag as `1` or `0`, from whatever a legacy table keeps in one. What is none of these stays as it is, so that the mapping refuses it:
 * to read an unknown mark of protection as "not protected" would be the worst of guesses.
 */
export function flagText(raw: string): string {
  return SET.has(raw) ? '1' : NOT_SET.has(raw) ? '0' : raw;
}

/** Without the blanks that char(n) is filled up with. */
export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x20) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}
