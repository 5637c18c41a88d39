/**
 * The three functions of `Reflect` that a library under @peculiar/x509 wants at its start. They were proposed for JavaScript and
 * never became part of it; the package that has all of them would be one more dependency for this.
 */
type Metadata = Map<unknown, unknown>;

const metadataOf = new WeakMap<object, Metadata>();

function getOwnMetadata(key: unknown, target: object): unknown {
  return metadataOf.get(target)?.get(key);
}

function getMetadata(key: unknown, target: object): unknown {
  for (let one: object | null = target; one !== null; one = prototypeOf(one)) {
    const found = getOwnMetadata(key, one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function prototypeOf(one: object): object | null {
  return Object.getPrototypeOf(one) as object | null;
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  const known: Metadata = metadataOf.get(target) ?? new Map();
  metadataOf.set(target, known.set(key, value));
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getOwnMetadata, getMetadata, defineMetadata });
}
