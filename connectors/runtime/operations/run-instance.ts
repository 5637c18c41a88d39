import { readFileSync } from 'node:fs';
import type { HubConfig } from '../../config/hub-config.ts';
import { createLogger } from '../../observability/logger.ts';
import { runHub } from '../compose-hub.ts';

export interface RunInstanceOptions {
  /** Log lines for people in place of JSON. */
  readonly pretty: boolean;
  /** Ends the instance in order. */
  readonly signal: AbortSignal;
}

/**
 * Runs one instance with its log on standard output. Both the first and the last thing that it did are in the log, also when it
 * ends by an error.
 * @throws what {@link runHub} throws.
 */
export async function runInstance(
  config: HubConfig,
  { pretty, signal }: RunInstanceOptions,
): Promise<void> {
  const log = createLogger({ level: config.log.level, pretty, instance: config.instance });
  log.info('the hub starts');
  try {
    await runHub({ config, log, programVersion: programVersion(), signal });
  } catch (error) {
    log.error('the hub stopped by an error', error);
    throw error;
  }
  log.info('the hub stopped in order');
}

/** The version in package.json. */
export function programVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
