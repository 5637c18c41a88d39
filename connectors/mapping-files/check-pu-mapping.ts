import type { PuMapping } from '../../core/mapping/pu-mapping.ts';
import type { IdentityClassifier } from '../../core/person/classify-identity.ts';
import { OID_PNR, OID_SNR } from '../../core/person/person-identifier.ts';
import { type Report, reportDuplicates } from './mapping-problem.ts';

/**
 * What the shape of `pu.json` does not say: that it agrees with itself and with the other files.
 * @param classifier undefined when the reserve number formats could not be read; then roots are not looked up.
 * @param homeCounties undefined when `region.json` could not be read.
 */
export function checkPuMapping(
  mapping: PuMapping,
  classifier: IdentityClassifier | undefined,
  homeCounties: ReadonlySet<string> | undefined,
  report: Report,
): void {
  const { 'own-region': residents, 'reserve-identities': reserveIdentities } = mapping.pulls;
  for (const [i, county] of residents.splitByMunicipality.entries()) {
    if (homeCounties?.has(county) === false) {
      report(
        `pulls.own-region.splitByMunicipality[${i}]`,
        'is not one of homeCounties in region.json: nobody asks for its residents',
      );
    }
  }
  reportDuplicates(residents.splitByMunicipality, (i) =>
    report(`pulls.own-region.splitByMunicipality[${i}]`, 'stands twice'),
  );

  for (const [i, root] of reserveIdentities.roots.entries()) {
    const at = `pulls.reserve-identities.roots[${i}]`;
    if (root === OID_PNR || root === OID_SNR) report(at, 'is not that of a reserve identity');
    else if (!mapping.askableRoots.includes(root)) report(at, 'is not one of askableRoots');
  }
  reportDuplicates(reserveIdentities.roots, (i) =>
    report(`pulls.reserve-identities.roots[${i}]`, 'stands twice'),
  );

  for (const [i, root] of mapping.askableRoots.entries()) {
    // Every person of such a root would be asked for, and parked.
    if (classifier?.knowsRoot(root) === false) {
      report(`askableRoots[${i}]`, 'is the root of no format in reserve-numbers/formats.json');
    }
  }
  reportDuplicates(mapping.askableRoots, (i) => report(`askableRoots[${i}]`, 'stands twice'));

  const relationships = Object.entries(mapping.codes.contactPersonRelationship).flatMap(
    ([relationship, codes]) => codes.map((code, i) => ({ code, at: `${relationship}[${i}]` })),
  );
  reportDuplicates(
    relationships.map(({ code }) => code),
    (i) => report(`codes.contactPersonRelationship.${relationships[i]?.at}`, 'stands twice'),
  );
}
