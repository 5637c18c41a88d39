/** A record with a value for each of the keys, in their order. */
export function recordOf<K extends string, V>(
  keys: readonly K[],
  contentOf: (key: K) => V,
): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, contentOf(key)])) as Record<K, V>;
}
