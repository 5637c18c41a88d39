import { connect, type Socket } from 'node:net';
import type { StackPartName } from './stack-types.ts';

const ANSWER_WITHIN_MS = 2_000;

/** Whether the part at that port of 127.0.0.1 serves. */
export async function serves(part: StackPartName, port: number): Promise<boolean> {
  switch (part) {
    case 'kafka':
      return await kafkaServes(port);
    case 'postgresql':
      return await postgresqlServes(port);
    case 'registry':
      return await registryServes(registryUrl(port));
  }
}

/** Where the Confluent API of Apicurio is served. */
export function registryUrl(port: number): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`;
}

/** Whether somebody listens there. */
export async function acceptsConnections(host: string, port: number): Promise<boolean> {
  return (await exchange(host, port, undefined, () => true)) ?? false;
}

/**
 * Whether a Kafka broker at 127.0.0.1 takes clients. Asks for the list of brokers (request Metadata, version 1, no topics): a
 * broker that still starts is not on its own list.
 */
async function kafkaServes(port: number): Promise<boolean> {
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + 4);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(3, 4); // the api: Metadata
  request.writeInt16BE(1, 6); // its version
  request.writeInt32BE(1, 8); // correlation id
  request.writeInt16BE(-1, 12); // no client id
  request.writeInt32BE(0, 14); // no topics
  const brokers = await exchange('127.0.0.1', port, request, (answer) =>
    answer.length < 12 ? undefined : answer.readInt32BE(8),
  );
  return (brokers ?? 0) > 0;
}

/** Whether a PostgreSQL server at 127.0.0.1 lets user postgres in. While it starts or recovers it answers with an error. */
async function postgresqlServes(port: number): Promise<boolean> {
  const words = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const request = Buffer.alloc(8 + words.length);
  request.writeInt32BE(request.length, 0);
  request.writeInt32BE(3 << 16, 4); // protocol 3.0
  words.copy(request, 8);
  const kind = await exchange('127.0.0.1', port, request, (answer) =>
    String.fromCharCode(answer[0] ?? 0),
  );
  return kind === 'R';
}

/** Whether a schema registry answers there. */
export async function registryServes(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/subjects`, {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Sends one request and reads until `parse` has an answer. Undefined: no connection, no answer in time. */
async function exchange<T>(
  host: string,
  port: number,
  request: Buffer | undefined,
  parse: (answer: Buffer) => T | undefined,
): Promise<T | undefined> {
  const socket: Socket = connect({ host, port });
  try {
    return await new Promise<T | undefined>((resolve) => {
      let answer = Buffer.alloc(0);
      socket.setTimeout(ANSWER_WITHIN_MS, () => resolve(undefined));
      socket.once('error', () => resolve(undefined));
      socket.once('close', () => resolve(undefined));
      socket.once('connect', () => {
        if (request === undefined) resolve(parse(answer));
        else socket.write(request);
      });
      socket.on('data', (chunk) => {
        answer = Buffer.concat([answer, chunk]);
        const parsed = parse(answer);
        if (parsed !== undefined) resolve(parsed);
      });
    });
  } finally {
    socket.destroy();
  }
}
