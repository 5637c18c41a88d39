import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsumerSink } from '../../connectors/sinks/consumers/consumer-sink.ts';
import type { OutgoingDelivery } from '../../core/disclosure/delivery.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import {
  type ConsumerSinkUnderTest,
  deliveryOf,
  freshKey,
  type HeldPerson,
  maskedRecordOf,
  nameChanged,
  purgeOf,
  recordOf,
} from './consumer-sink-under-test.ts';

const MANY = 10_000;
const BATCH = 1_000;

/** What every ConsumerSink guarantees, seen by a consumer that goes by (generation, version). */
export function consumerSinkContract(open: () => Promise<ConsumerSinkUnderTest>): void {
  describe('a sink of a consumer', () => {
    let place: ConsumerSinkUnderTest;
    let sink: ConsumerSink;
    beforeAll(async () => {
      place = await open();
      sink = await place.open();
    });
    afterAll(async () => {
      await sink[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    });

    const deliver = async (...deliveries: readonly OutgoingDelivery[]) =>
      await sink.deliver(deliveries, false);
    const heldOf = async (key: PersonKey): Promise<HeldPerson | undefined> =>
      (await place.held([key])).get(key);

    it('is ready once something was delivered, also for an instance that comes later', async () => {
      await deliver(deliveryOf(freshKey(), [1, 1], { state: recordOf('Först') }));
      expect(await sink.prepare()).toBe('ready');
      await using later = await place.open();
      expect(await later.prepare()).toBe('ready');
    });

    it('answers each delivery in its place, and with nothing when there is nothing to deliver', async () => {
      const answers = await deliver(
        deliveryOf(freshKey(), [1, 1], { state: recordOf('Ett') }),
        deliveryOf(freshKey(), [1, 1], { events: [nameChanged(1)] }),
      );
      expect(answers).toHaveLength(2);
      expect(answers[1]).toBeNull();
      expect(await deliver()).toEqual([]);
    });

    it('shows what is told of a person', async () => {
      const key = freshKey();
      await deliver(deliveryOf(key, [1, 7], { state: recordOf('Östlund') }));
      expect(await heldOf(key)).toEqual({
        kind: 'person',
        generation: 1,
        version: 7,
        surname: 'Östlund',
        identities: 1,
        hidden: 4,
      });
    });

    it('has one effect of a delivery that comes twice', async () => {
      const key = freshKey();
      const id = randomUUID();
      const delivery = deliveryOf(key, [1, 2], {
        state: recordOf('Dubbel'),
        purges: [purgeOf(id)],
        events: [nameChanged(2)],
      });
      await deliver(delivery);
      const once = await heldOf(key);
      await deliver(delivery, delivery);

      expect(await heldOf(key)).toEqual(once);
      expect(await place.orders(key)).toEqual([id]);
      expect(await place.events(key)).toEqual(['2:name-changed']);
    });

    it.each([
      ['a lower version', [2, 4]],
      ['a lower generation with a higher version', [1, 9]],
    ] as const)('leaves what is there when %s comes', async (_, late) => {
      const key = freshKey();
      await deliver(deliveryOf(key, [2, 5], { state: recordOf('Nu') }));
      await deliver(deliveryOf(key, late, { state: recordOf('Förr') }));
      await deliver(deliveryOf(key, late, { state: null }));
      expect(await heldOf(key)).toMatchObject({ generation: 2, version: 5, surname: 'Nu' });
    });

    it('takes a higher generation with a lower version', async () => {
      const key = freshKey();
      await deliver(deliveryOf(key, [1, 9], { state: recordOf('Före') }));
      await deliver(deliveryOf(key, [2, 3], { state: recordOf('Efter') }));
      expect(await heldOf(key)).toMatchObject({ generation: 2, version: 3, surname: 'Efter' });
    });

    it('raises nobody from the dead by a late record', async () => {
      const key = freshKey();
      const late = deliveryOf(key, [1, 4], { state: recordOf('Sen') });
      await deliver(late);
      await deliver(deliveryOf(key, [1, 5], { state: null }));
      expect(await heldOf(key)).toBeUndefined();

      await deliver(late);

      expect(await heldOf(key)).toBeUndefined();
    });

    it('remembers a tombstone of somebody who never was there', async () => {
      const key = freshKey();
      await deliver(deliveryOf(key, [1, 5], { state: null }));
      await deliver(deliveryOf(key, [1, 4], { state: recordOf('Sen') }));
      expect(await heldOf(key)).toBeUndefined();
    });

    it('lets somebody come back, with a newer version or with the one that they left with', async () => {
      const [newer, same] = [freshKey(), freshKey()];
      for (const key of [newer, same]) {
        await deliver(deliveryOf(key, [1, 5], { state: recordOf('Här') }));
        await deliver(deliveryOf(key, [1, 5], { state: null }));
      }
      await deliver(
        deliveryOf(newer, [1, 6], { state: recordOf('Åter') }),
        deliveryOf(same, [1, 5], { state: recordOf('Åter') }),
      );
      expect(await heldOf(newer)).toMatchObject({ version: 6, surname: 'Åter', hidden: 4 });
      expect(await heldOf(same)).toMatchObject({ version: 5, surname: 'Åter', hidden: 4 });
    });

    it('takes away what was told of somebody who becomes protected, and gives it back afterwards', async () => {
      const key = freshKey();
      await deliver(deliveryOf(key, [1, 1], { state: recordOf('Synlig') }));
      await deliver(deliveryOf(key, [1, 2], { state: maskedRecordOf('Skyddad') }));
      expect(await heldOf(key)).toEqual({
        kind: 'protected-person',
        generation: 1,
        version: 2,
        surname: 'Skyddad',
        identities: 1,
        hidden: 0,
      });
      await deliver(deliveryOf(key, [1, 3], { state: recordOf('Synlig') }));
      expect(await heldOf(key)).toMatchObject({ kind: 'person', version: 3, hidden: 4 });
    });

    it('keeps the order of one person within a delivery', async () => {
      const [stays, goes, comes] = [freshKey(), freshKey(), freshKey()];
      await deliver(
        deliveryOf(stays, [1, 1], { state: recordOf('Ett') }),
        deliveryOf(goes, [1, 1], { state: recordOf('Ett') }),
        deliveryOf(comes, [1, 1], { state: null }),
        deliveryOf(stays, [1, 2], { state: maskedRecordOf('Två') }),
        deliveryOf(goes, [1, 2], { state: null }),
        deliveryOf(stays, [1, 3], { state: recordOf('Tre') }),
        deliveryOf(comes, [1, 2], { state: recordOf('Två') }),
      );
      expect(await heldOf(stays)).toMatchObject({ version: 3, surname: 'Tre', hidden: 4 });
      expect(await heldOf(goes)).toBeUndefined();
      expect(await heldOf(comes)).toMatchObject({ version: 2, surname: 'Två' });
    });

    it('tells orders and events of somebody whose state is not told again, once and in order', async () => {
      const key = freshKey();
      const ids = [randomUUID(), randomUUID()].toSorted();
      const deliveries = ids.map((id, i) =>
        deliveryOf(key, [1, i + 1], { purges: [purgeOf(id)], events: [nameChanged(i + 1)] }),
      );
      await deliver(...deliveries);
      await deliver(...deliveries);
      expect(await heldOf(key)).toBeUndefined();
      expect((await place.orders(key)).toSorted()).toEqual(ids);
      expect(await place.events(key)).toEqual(['1:name-changed', '2:name-changed']);
    });

    it(`delivers ${MANY} persons, in bulk and again`, { timeout: 120_000 }, async () => {
      const keys = Array.from({ length: MANY }, freshKey);
      const batches = Array.from({ length: MANY / BATCH }, (_, i) =>
        keys.slice(i * BATCH, (i + 1) * BATCH).map((key, j) =>
          deliveryOf(key, [1, 1], {
            state: j % 10 === 0 ? maskedRecordOf(`Nr ${j}`) : recordOf(`Nr ${j}`),
          }),
        ),
      );
      for (const batch of batches) await sink.deliver(batch, true);
      await sink.deliver(batches[0] ?? [], false);

      const held = await place.held(keys);
      expect(held.size).toBe(MANY);
      keys.forEach((key, i) => {
        const j = i % BATCH;
        expect(held.get(key)).toMatchObject({
          surname: `Nr ${j}`,
          kind: j % 10 === 0 ? 'protected-person' : 'person',
          hidden: j % 10 === 0 ? 0 : 4,
        });
      });
    });

    it('delivers the same again after the connection was cut in the middle of it', async () => {
      const keys = Array.from({ length: 50 }, freshKey);
      const deliveries = keys.map((key) =>
        deliveryOf(key, [1, 1], { state: recordOf('Mitt i'), events: [nameChanged(1)] }),
      );
      place.cutNext();
      await expect(sink.deliver(deliveries, false)).rejects.toMatchObject({
        name: 'HubError',
        disposition: 'retriable',
      });
      await sink.prepare();
      await sink.deliver(deliveries, false);

      expect((await place.held(keys)).size).toBe(keys.length);
      for (const key of keys) expect(await place.events(key)).toEqual(['1:name-changed']);
    });

    it('says that trying again may help while nobody answers, and goes on afterwards', async () => {
      const key = freshKey();
      const delivery = deliveryOf(key, [1, 1], { state: recordOf('Väntar') });
      place.takeAway();
      try {
        await expect(deliver(delivery)).rejects.toMatchObject({ disposition: 'retriable' });
        await expect(sink.prepare()).rejects.toMatchObject({ disposition: 'retriable' });
      } finally {
        place.bringBack();
      }
      expect(await sink.prepare()).toBe('ready');
      await deliver(delivery);
      expect(await heldOf(key)).toMatchObject({ surname: 'Väntar' });
    });
  });
}
