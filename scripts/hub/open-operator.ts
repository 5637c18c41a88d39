import { loadConfig } from '../../connectors/config/load-config.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';

/** Reads the configuration and opens what a command needs. Loaded late, so that `--help` and the like answer at once. */
export async function openOperator(): Promise<Operator> {
  const config = loadConfig();
  const { createOperator } = await import('../../connectors/runtime/operations/operator.ts');
  return createOperator(config);
}
