import type { Migration } from '../database.ts';

/** Where in its source a parked record stands, so that only a record that is not older closes it. Null: it could not be read. */
export const PARKED_POSITIONS: Migration = {
  name: '0003-parked-positions',
  statements: ['ALTER TABLE parked ADD COLUMN epoch integer, ADD COLUMN version bigint'],
};
