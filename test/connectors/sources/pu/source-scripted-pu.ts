import { setImmediate } from 'node:timers/promises';
import type {
  OrderState,
  PlacedOrder,
  PuAnswer,
  PuClient,
  PuPersonRecord,
  PuProfile,
  PuQuery,
} from '../../../../connectors/sources/pu/pu-client-port.ts';
import { sinceText } from '../../../../connectors/sources/pu/swedish-time.ts';
import { type Identity, identityText, OID_PNR } from '../../../../core/person/person-identifier.ts';

/** A number that nobody living can have: born in 1890. */
export function born1890(index: number, root = OID_PNR): Identity {
  return { root, extension: `18900101${String(index).padStart(4, '0')}` };
}

/** A person as the scripted PU has it. Moments in milliseconds since 1970. */
export interface PersonInPu {
  readonly identity: Identity;
  readonly changedAt: number;
  readonly county: string | null;
  /** Two digits; null for a protected person. */
  readonly municipality: string | null;
  readonly surname: string;
  readonly isProtected?: boolean;
  readonly isTestPerson?: boolean;
  readonly movedOut?: { readonly county: string; readonly endedAt: number };
  /** Instead of the one that follows from `changedAt`. */
  readonly version?: string | null;
}

/** The record that PU shows of a person in any of the profiles. */
export function recordOf(person: PersonInPu, profile: PuProfile): PuPersonRecord {
  const { identity, county, municipality, surname, isProtected, isTestPerson, movedOut } = person;
  const version = person.version === undefined ? sinceText(person.changedAt) : person.version;
  return {
    identity,
    version,
    isTestPerson: isTestPerson === true,
    person: {
      identityRoot: identity.root,
      identity: identity.extension,
      profile,
      surname,
      ...(version !== null && { version }),
      ...(isProtected === true && { protectedPerson: '1' }),
      ...(county !== null && { countyCode: county }),
      ...(municipality !== null && { municipalityCode: municipality }),
    },
    children:
      profile === 'P5' && movedOut
        ? { historicalLocalities: [{ countyCode: movedOut.county }] }
        : {},
  };
}

interface Order {
  readonly files: readonly (readonly PuAnswer[])[];
  polls: number;
}

/** What a test makes PU do wrong. Each may throw, or change what is given. */
export interface PuScript {
  beforeOrder?: (what: PuQuery | 'identities', since: number | null) => void;
  /** The state of an order instead of the true one. */
  state?: (orderId: string, polls: number) => OrderState | undefined;
  beforeFile?: (file: string) => void;
  /** Takes an order by file when it has read so many identities of it. */
  takesAfter?: number;
  /** Answers of an order, before they are laid into files. */
  answers?: (answers: readonly PuAnswer[]) => readonly PuAnswer[];
  /** Lots of a file, while they are read. */
  lot?: (file: string, place: number) => void;
  alone?: (answers: readonly PuAnswer[]) => readonly PuAnswer[];
}

/** PU as the pulls see it: it answers from its persons at the moment of the question, as the contract says, unless the script says otherwise. */
export class ScriptedPu implements PuClient {
  readonly persons = new Map<string, PersonInPu>();
  readonly queries: {
    readonly query: PuQuery | 'identities';
    readonly since: number | null;
    readonly askedAt: number;
    readonly identities: number;
  }[] = [];
  readonly alone: (readonly Identity[])[] = [];
  readonly polled: string[] = [];
  readonly downloaded: string[] = [];
  script: PuScript = {};
  recordsPerFile = 3;
  recordsPerLot = 2;
  readyAfterPolls = 1;
  readonly #clock: { now(): number };
  readonly #orders = new Map<string, Order>();

  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  put(...persons: readonly PersonInPu[]): void {
    for (const person of persons) this.persons.set(identityText(person.identity), person);
  }

  forgetOrders(): void {
    this.#orders.clear();
  }

  orderByQuery(query: PuQuery, profile: PuProfile): Promise<PlacedOrder> {
    return this.#place(query, query.since, 0, () =>
      [...this.persons.values()]
        .filter((person) => isFound(person, query))
        .map((person) => ({ requested: null, record: recordOf(person, profile) })),
    );
  }

  async orderByIdentities(
    identities: AsyncIterable<Identity>,
    profile: PuProfile,
    since: number | null,
  ): Promise<PlacedOrder> {
    const asked: Identity[] = [];
    const { takesAfter = Number.POSITIVE_INFINITY } = this.script;
    for await (const identity of identities) {
      asked.push(identity);
      if (asked.length >= takesAfter) break;
    }
    return await this.#place('identities', since, asked.length, () =>
      asked.flatMap((requested): readonly PuAnswer[] => {
        const person = this.persons.get(identityText(requested));
        if (!person) return [{ requested, record: null }];
        if (since !== null && person.changedAt < floorToSecond(since)) return [];
        return [{ requested, record: recordOf(person, profile) }];
      }),
    );
  }

  async #place(
    query: PuQuery | 'identities',
    since: number | null,
    identities: number,
    find: () => readonly PuAnswer[],
  ): Promise<PlacedOrder> {
    await setImmediate();
    this.script.beforeOrder?.(query, since);
    const askedAt = this.#clock.now();
    this.queries.push({ query, since, askedAt, identities });
    const answers = this.script.answers?.(find()) ?? find();
    const files: PuAnswer[][] = [];
    for (let i = 0; i < answers.length; i += this.recordsPerFile) {
      files.push(answers.slice(i, i + this.recordsPerFile));
    }
    const orderId = `order-${this.queries.length}`;
    this.#orders.set(orderId, { files, polls: 0 });
    return { orderId, askedAt };
  }

  async orderState(orderId: string): Promise<OrderState> {
    await setImmediate();
    this.polled.push(orderId);
    const order = this.#orders.get(orderId);
    if (!order) return { kind: 'gone' };
    order.polls += 1;
    const scripted = this.script.state?.(orderId, order.polls);
    if (scripted) return scripted;
    if (order.polls <= this.readyAfterPolls) return { kind: 'processing' };
    return { kind: 'ready', files: order.files.map((_, i) => `${orderId}/${i}`) };
  }

  async *download(file: string): AsyncGenerator<readonly PuAnswer[]> {
    this.script.beforeFile?.(file);
    this.downloaded.push(file);
    const [orderId = '', place = ''] = file.split('/');
    const answers = this.#orders.get(orderId)?.files[Number(place)] ?? [];
    for (let i = 0; i < answers.length; i += this.recordsPerLot) {
      await setImmediate();
      this.script.lot?.(file, i);
      yield answers.slice(i, i + this.recordsPerLot);
    }
  }

  async getPersons(
    identities: readonly Identity[],
    profile: PuProfile,
  ): Promise<{ readonly askedAt: number; readonly answers: readonly PuAnswer[] }> {
    await setImmediate();
    const askedAt = this.#clock.now();
    this.alone.push(identities);
    const answers = identities.map((requested) => {
      const person = this.persons.get(identityText(requested));
      return { requested, record: person ? recordOf(person, profile) : null };
    });
    return { askedAt, answers: this.script.alone?.(answers) ?? answers };
  }
}

function isFound(person: PersonInPu, query: PuQuery): boolean {
  const since = query.since === null ? 0 : floorToSecond(query.since);
  switch (query.kind) {
    case 'residents': {
      const isHere = person.county !== null && query.counties.includes(person.county);
      const isThere =
        query.municipality === null ||
        `${person.county}${person.municipality}` === query.municipality;
      const isWanted = !query.onlyProtected || person.isProtected === true;
      return isHere && isThere && isWanted && person.changedAt >= since;
    }
    case 'reserve-identities':
      return query.roots.includes(person.identity.root) && person.changedAt >= since;
    case 'moved-out': {
      const { movedOut } = person;
      // Of a protected person PU shows no history.
      if (!movedOut || person.isProtected === true) return false;
      return query.counties.includes(movedOut.county) && movedOut.endedAt >= since;
    }
  }
}

function floorToSecond(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
