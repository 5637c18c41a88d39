import type { Migration } from '../database.ts';

/**
 * What PU has answered, identity by identity, and the turns of calling it.
 *
 * Evidence would say the same, but as JSON text, a million of them to be parsed at every pull. So the connector keeps the few facts that it
 * decides by: the answer's position and hash (is it news?), when it was asked (is it answered?), and the place where PU shows the person. The
 * place is kept and not the pull that finds it: then a county that is split or added changes the answer at once, and no row.
 */
export const PU: Migration = {
  name: '0004-pu',
  statements: [
    `CREATE TABLE pu_known (
      root text COLLATE "C" NOT NULL,
      extension text COLLATE "C" NOT NULL,
      state text COLLATE "C" NOT NULL,
      asked_at bigint NOT NULL,
      epoch integer NOT NULL,
      second bigint,
      content_hash text COLLATE "C",
      place text COLLATE "C",
      PRIMARY KEY (root, extension)
    ) WITH (fillfactor = 90)`,

    // One row for each register whose calls are counted, changed with every call.
    `CREATE TABLE call_budgets (
      name text COLLATE "C" NOT NULL PRIMARY KEY,
      next_at timestamptz NOT NULL
    ) WITH (fillfactor = 10)`,
  ],
};
