import { HubError } from '../../../../core/errors/hub-error.ts';
import { safeText } from '../../../../core/errors/log-safe.ts';
import type { Identity } from '../../../../core/person/person-identifier.ts';
import { canBeAsked } from '../askable-identity.ts';
import type { OpenOrder, ShardRun } from '../pu-checkpoint.ts';
import type { PlacedOrder } from '../pu-client-port.ts';
import type { IdentityPageRequest } from '../pu-known-store.ts';
import { nameOf, type PuRun } from '../pu-run.ts';
import type { IdentityPhase, Shard } from './pull-shards.ts';

/**
 * Places the next order of a run and stores it. A crash before it is stored places it once more: an order that nobody fetches does no harm.
 * @throws HubError of the client.
 */
export async function placeNextOrder(
  run: PuRun,
  shard: Shard,
  current: ShardRun,
): Promise<'placed' | 'nothing-left'> {
  if (shard.asks.kind === 'identities') {
    return await placeNextLot(run, shard, shard.asks.phases, current);
  }
  const query = current.ordersDone > 0 ? undefined : shard.asks.query(current.since);
  if (query === undefined) return 'nothing-left';
  const placed = await run.options.client.orderByQuery(query, shard.profile);
  await store(run, shard, current, placed, { phase: 0, asked: 0, through: null, next: null });
  return 'placed';
}

async function placeNextLot(
  run: PuRun,
  shard: Shard,
  phases: readonly IdentityPhase[],
  current: ShardRun,
): Promise<'placed' | 'nothing-left'> {
  for (let phase = current.phase; ; phase += 1) {
    const asked = phases[phase];
    if (asked === undefined) return 'nothing-left';
    const lot = await beginLot(run, asked, phase === current.phase ? current.after : null);
    if (lot === undefined) continue;
    const since = asked.isSince ? current.since : null;
    const placed = await run.options.client.orderByIdentities(
      lot.identities(),
      shard.profile,
      since,
    );
    await store(run, shard, current, placed, { phase, ...lot.bounds() });
    return 'placed';
  }
}

interface Lot {
  identities(): AsyncIterable<Identity>;
  /** @throws HubError `HUB_PU_UNAVAILABLE` when the identities were not read to their end: then nobody knows whom the order is about. */
  bounds(): Pick<OpenOrder, 'asked' | 'through' | 'next'>;
}

/**
 * At most so many identities as a lot may have, page by page. The first page is read before anything is ordered, since an order about nobody is
 * none. Pages are whole, so a lot can be a page larger than it may.
 */
async function beginLot(
  run: PuRun,
  { selection }: IdentityPhase,
  after: Identity | null,
): Promise<Lot | undefined> {
  const { lotIdentities } = run.config;
  const request = { selection, through: null, askedBefore: null } as const;
  const pages = pagesOf(run, { ...request, after });
  let page = await pages.next();
  while (page.done !== true && page.value.identities.length === 0) page = await pages.next();
  if (page.done === true) return undefined;
  let asked = 0;
  let through: Identity | null = null;
  let next: Identity | null = after;
  let isRead = false;
  return {
    identities: async function* () {
      while (page.done !== true && asked < lotIdentities) {
        yield* page.value.identities;
        asked += page.value.identities.length;
        through = page.value.identities.at(-1) ?? through;
        next = page.value.next;
        if (asked < lotIdentities) page = await pages.next();
      }
      isRead = true;
    },
    bounds: () => {
      if (isRead) return { asked, through, next };
      throw new HubError('HUB_PU_UNAVAILABLE', { what: safeText('file of identities') });
    },
  };
}

/** The pages of a selection, also empty ones, without those who cannot be asked for. */
export async function* pagesOf(
  run: PuRun,
  request: IdentityPageRequest,
): AsyncGenerator<
  { readonly identities: readonly Identity[]; readonly next: Identity | null },
  void
> {
  let after = request.after;
  do {
    const page = await run.options.identities.page({ ...request, after });
    yield { ...page, identities: page.identities.filter(canBeAsked) };
    after = page.next;
  } while (after !== null);
}

async function store(
  run: PuRun,
  shard: Shard,
  current: ShardRun,
  { orderId, askedAt }: PlacedOrder,
  rest: Pick<OpenOrder, 'asked' | 'through' | 'next'> & Pick<ShardRun, 'phase'>,
): Promise<void> {
  const { phase, ...bounds } = rest;
  run.asked(askedAt);
  await run.updateRun(shard, {
    phase,
    after: phase === current.phase ? current.after : null,
    // Also when that order failed and is placed anew: records of it were sent, and what changed after it must be asked for.
    firstAskedAt: current.firstAskedAt ?? askedAt,
    order: {
      orderId,
      askedAt,
      placedAt: run.now(),
      filesDone: [],
      recordsBefore: current.records,
      ...bounds,
    },
  });
  run.options.observe({ kind: 'order-placed', ...nameOf(shard), identities: bounds.asked });
}
