import { describe, expect, it } from 'vitest';
import { storeError } from '../../../connectors/hub-store/store-errors.ts';
import { HubError } from '../../../core/errors/hub-error.ts';

describe('an error of PostgreSQL or its driver', () => {
  it.each([
    ['40P01', 'HUB_STORE_CONFLICT', 'retriable'],
    ['40001', 'HUB_STORE_CONFLICT', 'retriable'],
    ['55P03', 'HUB_STORE_CONFLICT', 'retriable'],
    ['23505', 'HUB_STORE_CONFLICT', 'retriable'],
    ['57P01', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['57P03', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['57014', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['57P02', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['25006', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['25P04', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['40003', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['25P03', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['08006', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['ECONNRESET', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['ECONNREFUSED', 'HUB_STORE_UNAVAILABLE', 'retriable'],
    ['53300', 'HUB_STORE_FULL', 'retriable'],
    ['53100', 'HUB_STORE_FULL', 'retriable'],
    ['28P01', 'HUB_STORE_DENIED', 'fatal'],
    ['42501', 'HUB_STORE_DENIED', 'fatal'],
    ['42P01', 'HUB_STORE_NOT_MIGRATED', 'fatal'],
    ['08P01', 'HUB_STORE_FAILED', 'fatal'],
    ['22P02', 'HUB_STORE_FAILED', 'fatal'],
    ['23514', 'HUB_STORE_FAILED', 'fatal'],
  ])('with code %s becomes %s, %s', (code, ours, disposition) => {
    const error = Object.assign(new Error('any words'), { code });
    expect(storeError(error)).toMatchObject({ code: ours, disposition });
  });

  it('keeps table and constraint, and no word of the server', () => {
    const error = Object.assign(new Error('SECRET in the message'), {
      code: '23514',
      detail: 'Key (extension)=(SECRET)',
      table: 'identities',
      constraint: 'identities_pkey',
    });
    const wrapped = storeError(error);
    expect(wrapped).toMatchObject({
      context: { sqlstate: '23514', table: 'identities', constraint: 'identities_pkey' },
      cause: { sqlstate: '23514' },
    });
    for (let e: unknown = wrapped; e instanceof Error; e = e.cause) {
      expect(`${e.message}${e.stack}${JSON.stringify(e)}`).not.toContain('SECRET');
    }
  });

  it('without a code means that the connection is gone', () => {
    expect(storeError(new Error('any words'))).toMatchObject({ code: 'HUB_STORE_UNAVAILABLE' });
  });

  it.each([
    new TypeError('a bug'),
    new RangeError('a bug'),
    Object.assign(new Error('another code'), { code: 'ERR_INVALID_ARG_TYPE' }),
    new HubError('HUB_KAFKA_UNAVAILABLE'),
    'not an error',
  ])('is passed on as it is when it is none: %s', (error) => {
    expect(storeError(error)).toBe(error);
  });
});
