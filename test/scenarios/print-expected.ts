const LINE = 100;
const LIST_OF_WORDS = /^.*\[\n(?: *"[^"\n]*",?\n)+ *\],?$/gm;

/** JSON as the formatter of the project has it: a short list of words on one line. */
export function printExpected(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(LIST_OF_WORDS, (list) => {
    const line = list
      .replace(/\[\n */, '[')
      .replace(/\n *\]/, ']')
      .replace(/,\n */g, ', ');
    return line.length > LINE ? list : line;
  });
  return `${text}\n`;
}
