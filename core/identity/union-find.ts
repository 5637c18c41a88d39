/** Sets of whole numbers that are joined two at a time; a find or a join costs next to nothing, however long the chains are. */
export interface UnionFind {
  /** The number that stands for the set; the same for all in it until the set is joined with another one. */
  find(index: number): number;
  join(a: number, b: number): void;
}

/** @param size the numbers are 0 to size − 1, each alone in its set at first. */
export function createUnionFind(size: number): UnionFind {
  const parents = new Int32Array(size).map((_, index) => index);
  const sizes = new Int32Array(size).fill(1);
  const at = (array: Int32Array, index: number): number => array[index] ?? 0;

  const find = (index: number): number => {
    let current = index;
    for (;;) {
      const parent = at(parents, current);
      if (parent === current) return current;
      const grandparent = at(parents, parent);
      parents[current] = grandparent;
      current = grandparent;
    }
  };

  const join = (a: number, b: number): void => {
    const [rootA, rootB] = [find(a), find(b)];
    if (rootA === rootB) return;
    const [big, small] = at(sizes, rootA) < at(sizes, rootB) ? [rootB, rootA] : [rootA, rootB];
    parents[small] = big;
    sizes[big] = at(sizes, big) + at(sizes, small);
  };

  return { find, join };
}
