/**
 * Checked by the type checker alone: what must not be logged does not compile. A line that began to compile would make its
 * `@ts-expect-error` an error.
 */

import type { Logger } from '../../connectors/observability/logger.ts';
import type { Metrics } from '../../connectors/observability/metrics.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { Identity, PersonKey } from '../../core/person/person-identifier.ts';

export function whatMayBeLogged(
  logger: Logger,
  metrics: Metrics,
  text: string,
  identity: Identity,
  person: GoldenRecord,
  personKey: PersonKey,
): void {
  logger.info('person written', { personKey, version: 3, position: 7n, topic: safeWord(text) });
  logger.error('batch failed', new Error(text), { personKey });
  logger.child({ role: safeText('core') }).warn('slow');
  metrics.add('hub_core_parked_total', { code: 'HUB_PERSON_IDENTITY_MALFORMED' });

  // @ts-expect-error a variable is not a literal of our source
  logger.info(text);
  // @ts-expect-error nor is a template with a variable in it
  logger.info(`person ${text} written`);
  // @ts-expect-error a bare string is no field
  logger.info('person written', { name: text });
  // @ts-expect-error an identity is no field
  logger.info('person written', { identity });
  // @ts-expect-error a part of an identity is no field
  logger.info('person written', { extension: identity.extension });
  // @ts-expect-error a person is no field
  logger.info('person written', { person });
  // @ts-expect-error a person is not a set of fields
  logger.info('person written', person);
  // @ts-expect-error an error goes where its cause chain is printed
  logger.info('batch failed', { error: new Error(text) });
  // @ts-expect-error an error carries no bare string
  new HubError('HUB_PERSON_IDENTITY_MALFORMED', { value: text });
  // @ts-expect-error nor an identity
  new HubError('HUB_PERSON_IDENTITY_MALFORMED', { identity });
  // @ts-expect-error a label holds no bare string
  metrics.add('hub_source_records_sent_total', { source: text });
  // @ts-expect-error a metric has its own labels
  metrics.set('hub_source_lag_seconds', { partition: 1 }, 2);
  // @ts-expect-error a counter is not set
  metrics.set('hub_core_persons_written_total', {}, 2);
}
