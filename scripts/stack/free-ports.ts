import { createServer } from 'node:net';

/** Below the range from which systems give outgoing connections their ports, so that none of them sits on ours. */
const LOWEST = 20_000;
const HIGHEST = 31_999;

/** Whether a server could listen on that port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

/** A free port that is not in `taken`. Starts looking at a random place, so that two clones rarely meet. */
export async function chooseFreePort(taken: ReadonlySet<number>): Promise<number> {
  const size = HIGHEST - LOWEST + 1;
  const start = Math.floor(Math.random() * size);
  for (let step = 0; step < size; step++) {
    const port = LOWEST + ((start + step) % size);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`);
}
