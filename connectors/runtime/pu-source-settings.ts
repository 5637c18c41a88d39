import type { HubConfig, PuConfig } from '../config/hub-config.ts';
import type { PullScope } from '../hub-store/askable-identities.ts';
import type { MappingFiles } from '../mapping-files/load-mapping-files.ts';
import {
  type HomeCounty,
  PU_SOURCE_DEFAULTS,
  type PullConfig,
  type PullName,
  type PuSourceConfig,
} from '../sources/pu/pu-source-config.ts';
import { coveredPlaces } from '../sources/pu/pulls/pull-shards.ts';

/** How PU is read: the settings say when and how patiently, the mapping files whom and how much. */
export function puSourceSettings(
  environment: HubConfig['environment'],
  pu: PuConfig,
  files: MappingFiles,
): PuSourceConfig {
  const { pulls, askableRoots } = files.puMapping;
  const pull = (name: PullName, profile: PullConfig['profile']): PullConfig => ({
    profile,
    cron: pu.schedules[name],
    overlapMs: pu.overlapSeconds * 1_000,
    lateAfterMs: pu.lateMinutes * 60_000,
  });
  return {
    ...PU_SOURCE_DEFAULTS,
    homeCounties: homeCountiesOf(files),
    reserveRoots: pulls['reserve-identities'].roots,
    askableRoots,
    pulls: {
      'own-region': pull('own-region', pulls['own-region'].profile),
      'known-elsewhere': pull('known-elsewhere', pulls['known-elsewhere'].profile),
      'reserve-identities': pull('reserve-identities', pulls['reserve-identities'].profile),
      'moved-out': pull('moved-out', pulls['moved-out'].profile),
    },
    loadProfile: pulls['own-region'].profile,
    pollMs: pu.pollMs,
    orderWaitMs: pu.orderWaitMinutes * 60_000,
    keepsTestPersons: environment !== 'production',
  };
}

/** What decides which pull finds whom, for the store. */
export function pullScopeOf({
  askableRoots,
  reserveRoots,
  homeCounties,
}: PuSourceConfig): PullScope {
  return { askableRoots, reserveRoots, ...coveredPlaces(homeCounties) };
}

function homeCountiesOf({ region, areas, puMapping }: MappingFiles): readonly HomeCounty[] {
  const { splitByMunicipality } = puMapping.pulls['own-region'];
  return [...region.homeCounties].toSorted().map((code) => ({
    code,
    municipalities: splitByMunicipality.includes(code) ? areas.municipalitiesOf(code) : null,
  }));
}
