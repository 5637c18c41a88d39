import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';
import { adapterOfVersion } from './adapters/adapter-of-version.ts';
import type { PuAdapter, SoapOutcome, SoapQuestion } from './adapters/pu-adapter.ts';
import { looseIdentityText } from './askable-identity.ts';
import { keepDownload } from './kept-download.ts';
import { DOWNLOAD, GET_PERSONS_BY_FILE, headerOf, openPuCaller, type PuCall } from './pu-caller.ts';
import {
  PU_CLIENT_SETTINGS,
  type PuClientOptions,
  type PuClientSettings,
} from './pu-client-options.ts';
import type { PuAnswer, PuClient } from './pu-client-port.ts';
import { faultError, forbidden, type SoapFault, statusError, unreadable } from './pu-errors.ts';
import type { PuResponse } from './pu-transport.ts';
import { readAnswers } from './read-answers.ts';
import { openXmlDocument } from './xml-reader.ts';

/** The most that one call may ask for (TKB 5.1 ch. 6.1). */
const MOST_IDENTITIES = 500;

/** PU over HTTPS. Nothing is sent before the first question. */
export function openPuClient(options: PuClientOptions): PuClient & AsyncDisposable {
  const settings = { ...PU_CLIENT_SETTINGS, ...options.settings };
  const adapter = adapterOfVersion(options.contractVersion, options.logicalAddress);
  const soapUrl = folderUrl(options.soapUrl);
  const restUrl = folderUrl(options.restUrl);
  const caller = openPuCaller(options, settings);

  /** @param check looks at the answer as a part of the call, so that a wrong answer is asked for again. */
  function ask<Answer, Value>(
    question: SoapQuestion<Answer>,
    check: (outcome: SoapOutcome<Answer>) => Value,
  ): Promise<{ readonly askedAt: number; readonly value: Value }> {
    const call: PuCall = {
      contract: question.contract,
      method: 'POST',
      url: new URL(question.path, soapUrl),
      headers: {
        'content-type': 'text/xml; charset=utf-8',
        soapaction: `"${question.soapAction}"`,
      },
      openBody: () => question.envelope,
    };
    return caller.call(call, async ({ response, askedAt }) => {
      const outcome = await readSoap(question, response, settings);
      return { askedAt, value: check(outcome) };
    });
  }

  /** The address of a file, which may be relative. Only PU's own REST part is asked, whatever an answer says. */
  function fileUrl(file: string): URL {
    let url: URL;
    try {
      url = new URL(file, restUrl);
    } catch {
      throw unreadable(safeText('address of file'));
    }
    if (url.origin !== restUrl.origin || url.username !== '' || url.password !== '')
      throw forbidden(safeText('address of file'));
    return url;
  }

  return {
    orderByQuery: async (query, profile) => {
      const question = adapter.askByQuery(query, profile);
      const { askedAt, value } = await ask(question, answerOf(question));
      return { orderId: value, askedAt };
    },

    orderByIdentities: (identities, profile, since) => {
      const consumed = new AbortController();
      const call: PuCall = {
        contract: GET_PERSONS_BY_FILE,
        method: 'POST',
        url: new URL(adapter.identitiesPath(profile, since, settings.maxResultsPerFile), restUrl),
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        openBody: () => linesOf(identities, adapter, () => consumed.abort()),
        isFinal: consumed.signal,
      };
      return caller.call(call, async ({ response, askedAt }) => ({
        orderId: await readOrderId(response),
        askedAt,
      }));
    },

    orderState: async (orderId) => {
      const question = adapter.askForFiles(orderId);
      const { value } = await ask(question, (outcome) => {
        // The contract has no mark for it, and the question cannot be wrong in another way.
        if (outcome.kind === 'fault' && isAboutQuestion(outcome.fault))
          return { kind: 'gone' } as const;
        const files = answerOf(question)(outcome);
        return files.length === 0
          ? ({ kind: 'processing' } as const)
          : ({ kind: 'ready', files } as const);
      });
      return value;
    },

    download: (file) => downloadAnswers(file),

    getPersons: async (identities, profile) => {
      if (identities.length > MOST_IDENTITIES)
        throw new RangeError(`PU is asked about at most ${MOST_IDENTITIES} identities at a time.`);
      if (identities.length === 0) return { askedAt: options.now(), answers: [] };
      const question = adapter.askForPersons(identities, profile);
      const { askedAt, value } = await ask(question, (outcome) =>
        matchAnswers(identities, answerOf(question)(outcome)),
      );
      return { askedAt, answers: value };
    },

    [Symbol.asyncDispose]: () => caller[Symbol.asyncDispose](),
  };

  async function* downloadAnswers(file: string): AsyncGenerator<readonly PuAnswer[]> {
    const call: PuCall = {
      contract: DOWNLOAD,
      method: 'GET',
      url: fileUrl(file),
      headers: {},
      openBody: () => undefined,
      longestMs: settings.downloadMs,
    };
    await using kept = await caller.call(call, async ({ response }) => {
      refuseFailed(response, DOWNLOAD);
      return keepDownload(options.downloadFolder, response.body, settings.downloadBytes);
    });
    yield* readAnswers(kept.file, adapter, settings);
  }
}

function folderUrl(text: string): URL {
  return new URL(text.endsWith('/') ? text : `${text}/`);
}

/** The answer's value. @throws HubError for a fault */
function answerOf<T>({ contract }: SoapQuestion<T>): (outcome: SoapOutcome<T>) => T {
  return (outcome) => {
    if (outcome.kind === 'fault') throw faultError(outcome.fault, contract);
    return outcome.value;
  };
}

function isAboutQuestion(fault: SoapFault): boolean {
  return faultError(fault, safeText('GetFilesForOrderId')).code === 'HUB_PU_REQUEST_REFUSED';
}

/** A fault comes with status 500 (SOAP 1.1 ch. 6.2), as do pages of whatever stands before PU. */
async function readSoap<T>(
  question: SoapQuestion<T>,
  response: PuResponse,
  settings: PuClientSettings,
): Promise<SoapOutcome<T>> {
  const failure = statusError(response.status, { contract: question.contract });
  const isXml = /\bxml\b/i.test(headerOf(response, 'content-type') ?? '');
  if (failure?.code === 'HUB_PU_CALLER_REFUSED' || (failure !== undefined && !isXml)) {
    response.discard();
    throw failure;
  }
  const answer = question.openAnswer();
  const limits = { ...settings.xml, documentCharacters: settings.soapCharacters };
  const document = openXmlDocument(answer, limits);
  let outcome: SoapOutcome<T>;
  try {
    for await (const piece of response.body) document.write(piece);
    document.end();
    outcome = answer.result();
  } catch (error) {
    throw failure ?? error;
  }
  if (failure !== undefined && outcome.kind === 'answer') throw failure;
  return outcome;
}

function refuseFailed(response: PuResponse, contract: typeof DOWNLOAD): void {
  const failure = statusError(response.status, { contract });
  if (failure === undefined) return;
  response.discard();
  if (contract === DOWNLOAD && (response.status === 404 || response.status === 410))
    throw new HubError('HUB_PU_ORDER_GONE', { contract, status: response.status });
  throw failure;
}

const ORDER_ID = /^[\x21-\x7e]{1,36}$/;
const MOST_BYTES_OF_ORDER_ID = 1000;

async function readOrderId(response: PuResponse): Promise<string> {
  refuseFailed(response, GET_PERSONS_BY_FILE);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MOST_BYTES_OF_ORDER_ID) break;
  }
  const text = Buffer.concat(pieces).toString('utf8').trim();
  if (!ORDER_ID.test(text)) throw unreadable(safeText('order id'));
  return text;
}

const PIECE_CHARACTERS = 64_000;

/** The file of identities as it is sent: only a piece of it is in memory. */
async function* linesOf(
  identities: AsyncIterable<Identity>,
  adapter: PuAdapter,
  onBegin: () => void,
): AsyncGenerator<Uint8Array> {
  onBegin();
  let piece = '';
  for await (const identity of identities) {
    piece += adapter.identityLine(identity);
    if (piece.length < PIECE_CHARACTERS) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (piece !== '') yield Buffer.from(piece);
}

/** Exactly one answer to each identity, in the order of asking. */
function matchAnswers(
  identities: readonly Identity[],
  answers: readonly PuAnswer[],
): readonly PuAnswer[] {
  const asked = new Map(identities.map((identity) => [looseIdentityText(identity), identity]));
  const open = new Map<string, PuAnswer | undefined>(
    [...asked.keys()].map((text) => [text, undefined]),
  );
  for (const answer of answers) {
    refuseOther(answer);
    const text = answer.requested === null ? '' : looseIdentityText(answer.requested);
    const requested = asked.get(text);
    // A second answer about the same one is about somebody who was not asked for any more.
    if (requested === undefined || open.get(text) !== undefined)
      throw new HubError('HUB_PU_OTHER_IDENTITY');
    // As it was asked for: PU may write it in other letters.
    open.set(text, { ...answer, requested });
  }
  const matched = [...open.values()].filter((answer) => answer !== undefined);
  if (matched.length < open.size)
    throw new HubError('HUB_PU_ANSWER_INCOMPLETE', {
      asked: open.size,
      answered: matched.length,
    });
  return matched;
}

/** The main identity's record is never what was asked for: ignoreReferredIdentity is true (TKB 5.1 ch. 6.1 rule 2). */
function refuseOther({ requested, record }: PuAnswer): void {
  if (requested === null || record === null) return;
  if (looseIdentityText(requested) !== looseIdentityText(record.identity))
    throw new HubError('HUB_PU_OTHER_IDENTITY');
}
