import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { PuRecord } from '../population/pu-record.ts';
import type { SyntheticPerson } from '../population/synthetic-person.ts';
import type {
  ControlClock,
  ControlLife,
  ControlLifeDone,
  ControlPopulation,
  ControlStatus,
} from './control-types.ts';
import type { FaultKind, FaultRule } from './fault-kinds.ts';
import type { FaultRules } from './switches.ts';

/** The sandbox says no; the message is its own. */
export class ControlRefused extends Error {
  override readonly name = 'ControlRefused';
}

/** What can be done to a sandbox from another process, through its control API. */
export class SandboxControl {
  readonly #url: string;

  /** @param url the control URL that the sandbox was started with. */
  constructor(url: string) {
    this.#url = url;
  }

  async status(): Promise<ControlStatus> {
    return await this.#ask<ControlStatus>('GET', '/status');
  }

  async population(): Promise<ControlPopulation> {
    return await this.#ask<ControlPopulation>('GET', '/population');
  }

  /** @returns the records that said something new, with their versions. */
  async live(life: ControlLife): Promise<ControlLifeDone> {
    return await this.#ask<ControlLifeDone>('POST', '/life', life);
  }

  /** The person as things really are now. */
  async person(index: number): Promise<SyntheticPerson> {
    return await this.#ask<SyntheticPerson>('GET', `/life/${index}`);
  }

  async faults(): Promise<FaultRules> {
    return await this.#ask<FaultRules>('GET', '/faults');
  }

  /** Switches a fault on; without a rule it always happens, everywhere that it can. */
  async setFault(kind: FaultKind, rule: Partial<FaultRule> = {}): Promise<void> {
    await this.#ask('PUT', `/faults/${kind}`, rule);
  }

  async clearFault(kind: FaultKind): Promise<void> {
    await this.#ask('DELETE', `/faults/${kind}`);
  }

  async clearFaults(): Promise<void> {
    await this.#ask('DELETE', '/faults');
  }

  async setClock(clock: ControlClock): Promise<void> {
    await this.#ask('PUT', '/clock', clock);
  }

  /**
   * Every record as PU has it now, one at a time.
   * @param after only those with a later version, `YYYYMMDDhhmmss`
   */
  async *records(after = ''): AsyncIterable<PuRecord> {
    const response = await fetch(`${this.#url}/records?after=${after}`);
    if (response.body === null) return;
    const content = Readable.fromWeb(response.body as ReadableStream);
    try {
      for await (const line of createInterface({ input: content })) {
        yield JSON.parse(line) as PuRecord;
      }
    } finally {
      content.destroy();
    }
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { readonly error?: string };
    if (!response.ok) throw new ControlRefused(answer.error ?? `HTTP ${response.status}`);
    return answer;
  }
}
