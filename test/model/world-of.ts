import type { SourceMessage, SourceName } from '../../core/sync/source-record.ts';
import type { HubView } from './model-hub.ts';
import { modelIdentity } from './model-identities.ts';
import { latestRecords } from './oracle-evidence.ts';
import { type KnownIdentity, type OracleWorld, sameIdentity } from './oracle-world.ts';

/** The world as a hub has it. Keys and their order are evidence; they are given at random. */
export function worldOf(view: HubView, dropsTestPersons = false): OracleWorld {
  return {
    identities: view.identities.map(
      ({ identity, identityKey, firstSeen, evidence }): KnownIdentity => ({
        identity,
        key: identityKey,
        firstSeen,
        records: Object.fromEntries(
          evidence.map(({ source, position, content }) => [source, { position, content }]),
        ),
      }),
    ),
    decisions: view.decisions,
    phase: view.phase.phase,
    dropsTestPersons,
  };
}

/** The world as the registers have told it, record by record: of the hub's own only keys, decisions and the phase. */
export function worldToldBy(
  topics: Readonly<Record<SourceName, readonly SourceMessage[]>>,
  view: HubView,
  dropsTestPersons: boolean,
): OracleWorld {
  const latest = { master: latestRecords(topics.master), pu: latestRecords(topics.pu) };
  const world = worldOf(view, dropsTestPersons);
  const identities = world.identities.map((known): KnownIdentity => {
    const recordOf = (source: SourceName) =>
      [...latest[source]].find(([who]) => sameIdentity(modelIdentity(who), known.identity))?.[1];
    const [master, pu] = [recordOf('master'), recordOf('pu')];
    return { ...known, records: { ...(master && { master }), ...(pu && { pu }) } };
  });
  return { ...world, identities };
}
