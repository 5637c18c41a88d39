/** Tables that a publisher uses, with what it may do with each. Whatever is not here is denied, evidence first. */
const RIGHTS = [
  ['hub_migrations, hub_migrations_lock', 'SELECT'],
  // Not the address hash: it finds who lives at an address.
  ['persons', 'SELECT (person_key, version, golden, content_hash, redirect_to)'],
  ['outbox', 'SELECT, INSERT, DELETE'],
  ['leases', 'SELECT, INSERT, UPDATE'],
  ['instances', 'SELECT, INSERT, UPDATE, DELETE'],
  // For the role `consumers`. Whom an identity leads to, and not the identity: the number itself is only in golden records.
  ['identities', 'SELECT (identity_key, person_key)'],
  ['purge_orders', 'SELECT (id, person_key, reason, fields, up_to_version, ordered_at)'],
  ['consumers', 'SELECT, UPDATE (generation, profile, fault, fault_since, changed_at), DELETE'],
  ['consumer_walks', 'SELECT, INSERT, UPDATE, DELETE'],
  ['consumer_positions', 'SELECT, INSERT, UPDATE'],
  ['consumer_topic_ends', 'SELECT, INSERT, UPDATE, DELETE'],
  ['deliveries', 'SELECT, INSERT, UPDATE, DELETE'],
  ['consumer_intents', 'SELECT, INSERT, UPDATE'],
  ['consumer_touches', 'SELECT, DELETE'],
  ['consumer_refusals', 'SELECT, INSERT, UPDATE, DELETE'],
  ['consumer_lists', 'SELECT'],
  ['consumer_purges', 'SELECT, INSERT, UPDATE (acknowledged_at, acknowledged_by)'],
] as const;

/**
 * The statements by which a login that exists gets what an instance of the roles `publisher` and `consumers` needs, and no more. So the part of the hub that talks
 * to consumers cannot read what a golden record leaves out: evidence, journal, relations, memberships, parked records (design 4.4). Run by
 * the owner of the tables, again after each release. The owner's instances start first: a publisher's login cannot migrate.
 */
export function publisherGrants(login: string): readonly string[] {
  const name = `"${login.replaceAll('"', '""')}"`;
  return [
    `GRANT USAGE ON SCHEMA public TO ${name}`,
    ...RIGHTS.map(([tables, rights]) => `GRANT ${rights} ON ${tables} TO ${name}`),
    `GRANT USAGE ON SEQUENCE outbox_id TO ${name}`,
  ];
}
