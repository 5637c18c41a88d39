/** The items of the one that the other has not, by their texts. */
export function onlyIn<T>(
  some: ReadonlyMap<string, T>,
  others: ReadonlyMap<string, T>,
): readonly T[] {
  return [...some].flatMap(([text, item]) => (others.has(text) ? [] : [item]));
}
