import { hash } from 'node:crypto';
import { createMasterMapper } from '../../core/mapping/map-master-record.ts';
import { createPuMapper } from '../../core/mapping/map-pu-record.ts';
import type { ContentHash } from '../../core/person/person-identifier.ts';
import type { ContentHasher } from '../../core/sync/ports.ts';
import type { ProcessRules } from '../../core/sync/process-source-batch.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type HubTopic, TOPIC } from '../kafka/topics.ts';
import type { MappingFiles } from '../mapping-files/load-mapping-files.ts';

/** The raw topic of each source. */
export const RAW_TOPIC: Readonly<Record<SourceName, HubTopic>> = {
  master: TOPIC.sourceMaster,
  pu: TOPIC.sourcePu,
};

/** Everything that the pure main path needs to know for the raw topic of each source. */
export function processRules(files: MappingFiles): Readonly<Record<SourceName, ProcessRules>> {
  const { classifier, areas } = files;
  const master = createMasterMapper({ mapping: files.masterMapping, classifier, areas });
  const pu = createPuMapper({ mapping: files.puMapping, classifier, areas });
  const common = { hasher: sha256, events: { homeCounties: files.region.homeCounties } };
  return {
    master: { ...common, source: 'master', map: (message) => master.map(message) },
    pu: { ...common, source: 'pu', map: (message) => pu.map(message) },
  };
}

const sha256: ContentHasher = {
  hash: (text) => hash('sha256', text, 'base64url') as string as ContentHash,
};
