/** The same items, the next one being read while the present one is worked on. One is held at most. */
export async function* readAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = items[Symbol.asyncIterator]();
  let isEnded = false;
  let next = iterator.next();
  try {
    for (;;) {
      const item = await next;
      if (item.done === true) {
        isEnded = true;
        return;
      }
      next = iterator.next();
      // Awaited above, but it may fail before that.
      next.catch(() => undefined);
      yield item.value;
    }
  } catch (error) {
    isEnded = true;
    throw error;
  } finally {
    if (!isEnded) {
      await next.catch(() => undefined);
      await iterator.return?.();
    }
  }
}
