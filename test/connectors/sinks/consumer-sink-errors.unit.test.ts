import { describe, expect, it } from 'vitest';
import { consumerDatabaseError } from '../../../connectors/sinks/consumers/consumer-sink-errors.ts';
import { findHubError } from '../../../core/errors/hub-error.ts';

const SECRET = 'hemlig';

function thrown(fields: object): Error {
  return Object.assign(new Error(`insert … ${SECRET}`), fields);
}

describe("what a consumer's database throws", () => {
  it.each([
    [{ code: '40001' }, 'HUB_CONSUMER_DATABASE_BUSY'],
    [{ code: '40P01' }, 'HUB_CONSUMER_DATABASE_BUSY'],
    [{ code: '40003' }, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
    [{ code: '57P01' }, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
    [{ code: '57014' }, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
    [{ code: '25006' }, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
    [{ code: '53100' }, 'HUB_CONSUMER_DATABASE_FULL'],
    [{ code: '28P01' }, 'HUB_CONSUMER_DATABASE_DENIED'],
    [{ code: '42501' }, 'HUB_CONSUMER_DATABASE_DENIED'],
    [{ code: '42P01' }, 'HUB_CONSUMER_TABLES_GONE'],
    [{ code: '23514' }, 'HUB_CONSUMER_DATABASE_REFUSED'],
    [{ code: '08P01' }, 'HUB_CONSUMER_DATABASE_REFUSED'],
    [{ code: 'ECONNREFUSED' }, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
    [{ code: 'ETIMEOUT' }, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
    [{}, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
    [{ number: 1205 }, 'HUB_CONSUMER_DATABASE_BUSY'],
    [{ number: 2627 }, 'HUB_CONSUMER_DATABASE_REFUSED'],
    [{ number: 4060, code: 'ELOGIN' }, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
    [{ code: 'ELOGIN' }, 'HUB_CONSUMER_DATABASE_DENIED'],
    [{ number: 99_999, class: 16 }, 'HUB_CONSUMER_DATABASE_REFUSED'],
    [{ number: 99_999, class: 20 }, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
  ])('%j is %s, and nothing of its text is kept', (fields, code) => {
    const error = consumerDatabaseError(thrown(fields));
    expect(findHubError(error)?.code).toBe(code);
    for (let e = error; e instanceof Error; e = e.cause) {
      expect(`${e.message}${e.stack ?? ''}`).not.toContain(SECRET);
    }
  });

  it('stays a bug when it is one', () => {
    const bug = new TypeError('x is not a function');
    expect(consumerDatabaseError(bug)).toBe(bug);
  });
});
