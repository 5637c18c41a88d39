import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { testEnvironment } from '../../support/env.ts';
import { makeTestTopic, readValues, testKafka, texts } from '../../support/kafka-topic.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { hasOpenssl, startTlsBroker } from '../../support/tls-broker.ts';

const [broker = ''] = testEnvironment().kafkaBrokers;
const title = `a broker with TLS${hasOpenssl ? '' : ' (skipped: it needs the program openssl)'}`;

describe.skipIf(!hasOpenssl)(title, () => {
  it('takes what is sent, and hands it out', async () => {
    await using front = await startTlsBroker(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka(through(front.port, front.certificate));
    const messages = texts('a', 'b');
    await kafka.producer().send({ topic: test.topic, partition: 0, messages });
    expect(await readValues(kafka, test.topic)).toEqual(['a', 'b']);
  });

  it('never writes a send that was rejected, when a silent network comes back', async () => {
    await using front = await startTlsBroker(broker);
    await using network = await TcpProxy.start({ host: '127.0.0.1', port: front.port });
    await using test = await makeTestTopic();
    await using kafka = testKafka(through(network.port, front.certificate));
    const producer = kafka.producer({ timeoutMs: 1_000 });
    const send = (value: string) =>
      producer.send({ topic: test.topic, partition: 0, messages: texts(value) });
    await send('version 1');
    network.pause();
    await expect(send('version 2')).rejects.toMatchObject({ code: 'HUB_KAFKA_UNAVAILABLE' });
    const successor = test.kafka.producer();
    await successor.send({ topic: test.topic, partition: 0, messages: texts('version 3') });
    network.resume();
    // What was on its way gets there over the same connection before this one, which it makes anew.
    await sleep(500);
    await send('version 4');
    expect(await readValues(test.kafka, test.topic)).toEqual([
      'version 1',
      'version 3',
      'version 4',
    ]);
  });

  it('is unavailable, and no bug, when it refuses the connection or hangs up in the middle of the greeting', async () => {
    await using front = await startTlsBroker(broker);
    const hangUp = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => hangUp.listen(0, '127.0.0.1', resolve));
    const address = hangUp.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const unavailable = async (): Promise<void> => {
      await using kafka = testKafka(through(port, front.certificate));
      const producer = kafka.producer({ timeoutMs: 1_000 });
      const sent = producer.send({ topic: 'nowhere', partition: 0, messages: texts('a') });
      await expect(sent).rejects.toMatchObject({ code: 'HUB_KAFKA_UNAVAILABLE' });
    };
    await unavailable();
    await new Promise((resolve) => hangUp.close(resolve));
    await unavailable();
  });
});

function through(port: number, certificate: Buffer) {
  return {
    route: () => ({ host: '127.0.0.1', port }),
    tls: { ca: certificate, servername: 'localhost' },
  };
}
