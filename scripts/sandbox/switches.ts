/** What a test or an operator has set: faults and the clock. Kept over a restart, so that a fault outlives a killed sandbox. */
import { readJson, writeJson } from '../stack/json-file.ts';
import {
  FAULT_KINDS,
  type FaultKind,
  type FaultMoment,
  type FaultRule,
  type FaultTarget,
  faultsAt,
} from './fault-kinds.ts';

export type FaultRules = Readonly<Partial<Record<FaultKind, FaultRule>>>;

interface Kept {
  readonly faults: FaultRules;
  readonly clockOffsetMs: number;
}

export class Switches {
  readonly #file: string;
  readonly #rules = new Map<FaultKind, FaultRule>();
  #clockOffsetMs = 0;
  #onChange: () => Promise<void> = async () => undefined;

  constructor(file: string) {
    this.#file = file;
    const kept = readJson<Kept>(file);
    if (kept === undefined) return;
    this.#clockOffsetMs = kept.clockOffsetMs;
    for (const kind of FAULT_KINDS) {
      const rule = kept.faults[kind];
      if (rule !== undefined) this.#set(kind, rule);
    }
  }

  /** Waited for after each change by {@link setFault}, {@link clearFault} and {@link clearFaults}. */
  onFaultChange(listener: () => Promise<void>): void {
    this.#onChange = listener;
  }

  faults(): FaultRules {
    return Object.fromEntries(this.#rules);
  }

  rule(kind: FaultKind): FaultRule | undefined {
    return this.#rules.get(kind);
  }

  async setFault(kind: FaultKind, rule: FaultRule): Promise<void> {
    this.#set(kind, rule);
    this.#keep();
    await this.#onChange();
  }

  async clearFault(kind: FaultKind): Promise<void> {
    this.#rules.delete(kind);
    this.#keep();
    await this.#onChange();
  }

  async clearFaults(): Promise<void> {
    this.#rules.clear();
    this.#keep();
    await this.#onChange();
  }

  /** The sandbox's clock in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#clockOffsetMs;
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  setClockOffset(offsetMs: number): void {
    this.#clockOffsetMs = offsetMs;
    this.#keep();
  }

  /** Whether a fault happens now. Each time that it does counts. */
  draws(kind: FaultKind, target: FaultTarget | null = null): boolean {
    const rule = this.#rules.get(kind);
    if (rule === undefined) return false;
    if (rule.target !== null && rule.target !== target) return false;
    if (rule.share < 1 && Math.random() >= rule.share) return false;
    if (rule.count !== null) {
      this.#set(kind, { ...rule, count: rule.count - 1 });
      this.#keep();
    }
    return true;
  }

  /** All faults that happen now, of those that can. */
  drawAll(
    moment: FaultMoment,
    target: FaultTarget,
    canHappen: (kind: FaultKind) => boolean = () => true,
  ): readonly FaultKind[] {
    return faultsAt(moment, target)
      .filter(canHappen)
      .filter((kind) => this.draws(kind, target));
  }

  /** A fault that is used up is off. */
  #set(kind: FaultKind, rule: FaultRule): void {
    if (rule.count === 0) this.#rules.delete(kind);
    else this.#rules.set(kind, rule);
  }

  #keep(): void {
    writeJson(this.#file, {
      faults: this.faults(),
      clockOffsetMs: this.#clockOffsetMs,
    } satisfies Kept);
  }
}
