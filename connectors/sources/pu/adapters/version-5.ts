import { type SafeText, safeText } from '../../../../core/errors/log-safe.ts';
import type { Identity } from '../../../../core/person/person-identifier.ts';
import { sinceDateTime } from '../swedish-time.ts';
import type { PuAdapter, SoapQuestion } from './pu-adapter.ts';
import { QUERY_LANGUAGE, simpleQl } from './simple-ql.ts';
import { type BodyReader, escapeXml, soapAnswer, soapEnvelope } from './soap.ts';
import {
  CORE_NAMESPACE,
  filesBody,
  orderBody,
  personsBody,
  personsDocument,
  responderNamespace,
} from './version-5-answers.ts';

/** A contract of domain 5.1 with its own major version. */
interface Contract {
  readonly name: SafeText;
  readonly version: 4 | 5;
}

const GET_PERSONS: Contract = { name: safeText('GetPersonsForProfile'), version: 5 };
const SEARCH_BY_ORDER: Contract = { name: safeText('SearchPersonsForProfileByOrder'), version: 5 };
const GET_FILES: Contract = { name: safeText('GetFilesForOrderId'), version: 4 };

/**
 * Domain strategicresourcemanagement:persons:person 5.0 and 5.1. Only the restricted contracts are used: what must not be
 * published of protected persons never reaches the hub (TKB 5.1 ch. 6.3 rule 3).
 */
export function createVersion5Adapter(logicalAddress: string): PuAdapter {
  function question<T>(
    { name, version }: Contract,
    content: string,
    openBody: () => BodyReader<T>,
  ): SoapQuestion<T> {
    const namespace = responderNamespace(name, version);
    return {
      contract: name,
      path: `strategicresourcemanagement/persons/person/${name}/${version}/rivtabp21`,
      soapAction: `${namespace}:${name}`,
      envelope: soapEnvelope(logicalAddress, `<${name} xmlns="${namespace}">${content}</${name}>`),
      openAnswer: () => soapAnswer(openBody()),
    };
  }

  return {
    askForPersons: (identities, profile) =>
      question(
        GET_PERSONS,
        `${identities.map(personId).join('')}<profile>${profile}</profile><ignoreReferredIdentity>true</ignoreReferredIdentity>`,
        () => personsBody(profile),
      ),
    askByQuery: (query, profile) =>
      question(
        SEARCH_BY_ORDER,
        `<query>${escapeXml(simpleQl(query))}</query><queryLanguage>${QUERY_LANGUAGE}</queryLanguage><profile>${profile}</profile>`,
        orderBody,
      ),
    askForFiles: (orderId) =>
      question(GET_FILES, `<orderId>${escapeXml(orderId)}</orderId>`, filesBody),
    identitiesPath: (profile, since, maxResultsPerFile) => {
      // `Profile` with a capital, unlike the others (TKB 5.1 ch. 6.15).
      const parameters = new URLSearchParams({ Profile: profile });
      if (since !== null) parameters.set('fromDate', sinceDateTime(since));
      parameters.set('maxResultsPerFile', String(maxResultsPerFile));
      parameters.set('primaryidentity', 'false');
      return `getPersonsByFile?${parameters}`;
    },
    identityLine: ({ root, extension }) =>
      /[;\r\n]/.test(extension) ? '' : `${root};${extension}\n`,
    openDocument: personsDocument,
  };
}

function personId({ root, extension }: Identity): string {
  return `<personId><root xmlns="${CORE_NAMESPACE}">${root}</root><extension xmlns="${CORE_NAMESPACE}">${escapeXml(extension)}</extension></personId>`;
}
