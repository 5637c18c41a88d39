import { describe, expect, it } from 'vitest';
import {
  NEW_CHECKPOINT,
  NEW_SHARD,
  parsePuCheckpoint,
  printPuCheckpoint,
  shardState,
  withShard,
} from '../../../../connectors/sources/pu/pu-checkpoint.ts';
import { born1890 } from './source-scripted-pu.ts';

describe('the checkpoint of PU', () => {
  it('is read as it was printed, with an order in the middle', () => {
    const order = {
      orderId: 'order-1',
      askedAt: 1,
      placedAt: 2,
      filesDone: ['order-1/0'],
      recordsBefore: 0,
      asked: 4,
      through: born1890(4),
      next: null,
    };
    const run = {
      startedAt: 1,
      since: null,
      isForced: false,
      firstAskedAt: 1,
      ordersDone: 0,
      phase: 0,
      after: born1890(1),
      order,
      hasUnanswered: false,
      records: 3,
      asked: 0,
      expected: 10,
    };
    const checkpoint = withShard(NEW_CHECKPOINT, 'own-region/03', { watermark: 5, run });
    expect(parsePuCheckpoint(printPuCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it('knows nothing of a shard that was never read', () => {
    expect(shardState(NEW_CHECKPOINT, 'own-region/03')).toBe(NEW_SHARD);
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"format":2,"isPaused":false,"epoch":1,"shards":{}}',
    '{"format":1}',
  ])('that reads %j is refused and left as it is', (text) => {
    expect(() => parsePuCheckpoint(text)).toThrow(
      expect.objectContaining({ code: 'HUB_PU_CHECKPOINT_UNREADABLE', disposition: 'fatal' }),
    );
  });
});
