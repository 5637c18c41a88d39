import { createMasterMapper } from '../../core/mapping/map-master-record.ts';
import { createPuMapper } from '../../core/mapping/map-pu-record.ts';
import type { DecideRules } from '../../core/sync/decide-batch.ts';
import type { ProcessRules } from '../../core/sync/process-source-batch.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import type { HubConfig } from '../config/hub-config.ts';
import { sha256 } from '../hub-store/content-hash.ts';
import { type HubTopic, TOPIC } from '../kafka/topics.ts';
import type { MappingFiles } from '../mapping-files/load-mapping-files.ts';

/** The raw topic of each source. */
export const RAW_TOPIC: Readonly<Record<SourceName, HubTopic>> = {
  master: TOPIC.sourceMaster,
  pu: TOPIC.sourcePu,
};

/** What persons are decided by, whatever made it necessary. */
export function decideRules(
  files: MappingFiles,
  environment: HubConfig['environment'],
): DecideRules {
  return {
    hasher: sha256,
    events: { homeCounties: files.region.homeCounties },
    golden: { authority: files.authority, dropsTestPersons: environment === 'production' },
  };
}

/** Everything that the pure main path needs to know for the raw topic of each source. */
export function processRules(
  files: MappingFiles,
  environment: HubConfig['environment'],
): Readonly<Record<SourceName, ProcessRules>> {
  const { classifier, areas } = files;
  const master = createMasterMapper({ mapping: files.masterMapping, classifier, areas });
  const pu = createPuMapper({ mapping: files.puMapping, classifier, areas });
  const common = decideRules(files, environment);
  return {
    master: { ...common, source: 'master', map: (message) => master.map(message) },
    pu: { ...common, source: 'pu', map: (message) => pu.map(message) },
  };
}
