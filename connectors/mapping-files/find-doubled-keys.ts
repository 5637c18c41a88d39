/** Where the scan is: inside an object, whose keys so far are known, or inside an array, whose elements are counted. */
interface Open {
  readonly path: string;
  readonly keys: Set<string> | undefined;
  element: number;
}

/** A string of JSON, or a character that opens, closes or separates. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * The paths of keys that stand twice in one object. `JSON.parse` keeps the last of them in silence, and a code that means two
 * things is no code.
 *
 * @param text valid JSON.
 */
export function findDoubledKeys(text: string): readonly string[] {
  const doubled: string[] = [];
  const open: Open[] = [];
  let key = '';
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const inside = open.at(-1);
    switch (token) {
      case '{':
      case '[':
        open.push({
          path: inside === undefined ? '' : pathOf(inside, key),
          keys: token === '{' ? new Set() : undefined,
          element: 0,
        });
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        if (inside !== undefined) inside.element++;
        break;
      case ':':
        if (inside === undefined) break;
        key = JSON.parse(last) as string;
        if (inside.keys?.has(key)) doubled.push(pathOf(inside, key));
        inside.keys?.add(key);
        break;
    }
    last = token;
  }
  return doubled;
}

function pathOf({ path, keys, element }: Open, key: string): string {
  if (keys === undefined) return `${path}[${element}]`;
  return path === '' ? key : `${path}.${key}`;
}
