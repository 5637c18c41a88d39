import { readInstanceStatus } from '../../connectors/runtime/operations/instance-status.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';

/** What became of PU's answers, of one pull. */
export interface PuAnswers {
  /** On the raw topic. */
  readonly sent: number;
  /** Not sent again, since nothing is new in them. */
  readonly unchanged: number;
  /** PU does not know the identity. */
  readonly unknown: number;
}

/** By pull, in the order in which they began. */
export type PuAnswersByPull = ReadonlyMap<string, PuAnswers>;

const NONE: PuAnswers = { sent: 0, unchanged: 0, unknown: 0 };

/** Reads the counters of the running hub, as a monitoring system would. Empty while it does not serve them. */
export async function readPuAnswers({ store }: Pick<Operator, 'store'>): Promise<PuAnswersByPull> {
  const [instance] = await store.instances.list();
  const port = instance === undefined ? null : readInstanceStatus(instance.status).httpPort;
  if (port === null) return new Map();
  const page = await fetch(`http://127.0.0.1:${port}/metrics`);
  return answersOf(await page.text());
}

/** @param page what `/metrics` serves. */
export function answersOf(page: string): PuAnswersByPull {
  const byPull = new Map<string, PuAnswers>();
  for (const [, labels = '', value] of page.matchAll(/^hub_pu_records_total\{(.*)\} (\d+)$/gm)) {
    const pull = labelOf(labels, 'pull');
    const result = labelOf(labels, 'result');
    const before = byPull.get(pull) ?? NONE;
    const isShown = result === 'sent' || result === 'unchanged' || result === 'unknown';
    byPull.set(pull, isShown ? { ...before, [result]: before[result] + Number(value) } : before);
  }
  return byPull;
}

function labelOf(labels: string, name: string): string {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
}
