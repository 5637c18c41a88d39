import { beforeAll, describe, expect, it } from 'vitest';
import { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import { ConsumerCodec } from '../../../connectors/kafka/consumer-codec.ts';
import { CONSUMER_SCHEMAS } from '../../../connectors/kafka/schema-catalogue.ts';
import { testEnvironment } from '../../support/env.ts';
import { testName } from '../../support/kafka-topic.ts';
import { avsc } from './avsc-of-the-client.ts';
import { at, consumerPurge } from './consumer-samples.ts';
import { personKey } from './golden-samples.ts';

const registryUrl = testEnvironment().schemaRegistryUrl;
let avro: AvroCodec;
let codec: ConsumerCodec;
beforeAll(async () => {
  avro = new AvroCodec({ registryUrl, clientId: 'test' });
  codec = await ConsumerCodec.register(avro);
});

describe('an acknowledgement', () => {
  const said = {
    orderId: consumerPurge.id,
    consumer: 'laboratory',
    acknowledgedAt: at,
    acknowledgedBy: 'laboratory archive',
  };

  it('is read as the consumer wrote it', async () => {
    const writer = await avro.register(CONSUMER_SCHEMAS.purgeAck);
    expect(await codec.decodeAck({ value: writer.encode(said) })).toEqual(said);
  });

  it('is read from a newer consumer, whose schema has a field more', async () => {
    const { fields } = CONSUMER_SCHEMAS.purgeAck;
    const copies = { name: 'copies', type: ['null', 'long'], default: null };
    const newer = { ...CONSUMER_SCHEMAS.purgeAck, fields: [...fields, copies] };
    // Under a subject of its own, since the registry is shared: the record's own name says what it is.
    const id = await registerUnder(testName('newer'), newer);
    const value = avsc.Type.forSchema(newer).toBuffer({ ...said, copies: 3 });
    expect(await codec.decodeAck({ value: wireFormat(id, value) })).toEqual(said);
  });

  it.each([
    ['is a tombstone', () => Promise.resolve(null)],
    ['is no Avro', () => Promise.resolve(Buffer.from('{"orderId":"x"}'))],
    ['is another record', () => Promise.resolve(orderValue())],
    ['is of that name in another namespace', () => foreignAck()],
  ])('is refused when it %s', async (_, make) => {
    const value = await make();
    await expect(codec.decodeAck({ value })).rejects.toMatchObject({
      code: 'HUB_KAFKA_RECORD_UNREADABLE',
      disposition: 'rejected',
    });
  });

  const orderValue = (): Buffer | null =>
    codec.encodePurge({ personKey, purge: consumerPurge, orderedAt: at, dueAt: at }).value;
  async function foreignAck(): Promise<Buffer> {
    const namespace = testName('foreign').replaceAll('-', '_');
    return (await avro.register({ ...CONSUMER_SCHEMAS.purgeAck, namespace })).encode(said);
  }
});

/** Registers a schema as somebody else's client would. */
async function registerUnder(subject: string, schema: object): Promise<number> {
  const answer = await fetch(`${registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  return ((await answer.json()) as { readonly id: number }).id;
}

function wireFormat(schemaId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(schemaId, 1);
  return Buffer.concat([head, body]);
}
