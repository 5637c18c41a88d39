import type { ConfigPurpose } from '../../connectors/config/hub-config.ts';
import { loadConfig } from '../../connectors/config/load-config.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';

/**
 * Reads the configuration and opens what a command needs. Loaded late, so that `--help` and the like answer at once.
 * @param purpose `instance` where the command is to find what an instance would lack.
 */
export async function openOperator(purpose: ConfigPurpose = 'operator'): Promise<Operator> {
  const config = loadConfig(undefined, purpose);
  const { createOperator } = await import('../../connectors/runtime/operations/operator.ts');
  return createOperator(config);
}
