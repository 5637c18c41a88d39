import { describe, expect, it } from 'vitest';
import { adapterOfVersion } from '../../../../connectors/sources/pu/adapters/adapter-of-version.ts';
import type {
  SoapOutcome,
  SoapQuestion,
} from '../../../../connectors/sources/pu/adapters/pu-adapter.ts';
import { faultError } from '../../../../connectors/sources/pu/pu-errors.ts';
import { openXmlDocument } from '../../../../connectors/sources/pu/xml-reader.ts';
import { findHubError } from '../../../../core/errors/hub-error.ts';

const DOMAIN = 'urn:riv:strategicresourcemanagement:persons:person';
const LOG_ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const adapter = adapterOfVersion('5', 'SE165565594230-1000');

function envelope(body: string, header = '<s:Header/>'): string {
  return `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">${header}<s:Body>${body}</s:Body></s:Envelope>`;
}

function answer<T>(question: SoapQuestion<T>, xml: string): SoapOutcome<T> {
  const reader = question.openAnswer();
  const document = openXmlDocument(reader);
  document.write(Buffer.from(xml));
  document.end();
  return reader.result();
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return findHubError(error)?.code ?? 'another error';
  }
  return undefined;
}

const order = adapter.askByQuery({ kind: 'moved-out', counties: ['03'], since: 0 }, 'P5');
const orderAnswer = (content: string, version = 5): string =>
  envelope(
    `<SearchPersonsForProfileByOrderResponse xmlns="${DOMAIN}:SearchPersonsForProfileByOrderResponder:${version}">${content}</SearchPersonsForProfileByOrderResponse>`,
  );
const files = adapter.askForFiles('order');
const filesAnswer = (content: string): string =>
  envelope(
    `<f:GetFilesForOrderIdResponse xmlns:f="${DOMAIN}:GetFilesForOrderIdResponder:4">${content}</f:GetFilesForOrderIdResponse>`,
    '<s:Header><x:deep xmlns:x="x"><x:deeper/></x:deep></s:Header>',
  );

describe('an answer in SOAP', () => {
  it('has the order’s id', () => {
    expect(answer(order, orderAnswer('<orderId> abc-1 </orderId>'))).toEqual({
      kind: 'answer',
      value: 'abc-1',
    });
  });

  it('without the order’s id is unreadable, though the schema lets it be left out', () => {
    expect(codeOf(() => answer(order, orderAnswer('')))).toBe('HUB_PU_ANSWER_UNREADABLE');
  });

  it('has the addresses of the files, none while the order is worked on', () => {
    expect(answer(files, filesAnswer(''))).toEqual({ kind: 'answer', value: [] });
    const file = (name: string): string =>
      `<f:multimedia><f:mediaType>application/zip</f:mediaType><f:reference>https://pu.test/${name}</f:reference></f:multimedia>`;
    expect(answer(files, filesAnswer(file('a') + file('b')))).toEqual({
      kind: 'answer',
      value: ['https://pu.test/a', 'https://pu.test/b'],
    });
  });

  it('with a file inside it or without an address is unreadable', () => {
    const inside =
      '<f:multimedia><f:mediaType>application/zip</f:mediaType><f:value>UEs=</f:value></f:multimedia>';
    expect(codeOf(() => answer(files, filesAnswer(inside)))).toBe('HUB_PU_ANSWER_UNREADABLE');
  });

  it.each([
    ['of another version', orderAnswer('<orderId>a</orderId>', 6), 'HUB_PU_WRONG_VERSION'],
    ['to another question', filesAnswer(''), 'HUB_PU_ANSWER_UNREADABLE'],
    ['without an envelope', '<html/>', 'HUB_PU_ANSWER_UNREADABLE'],
  ])('%s is refused', (_, xml, code) => {
    expect(codeOf(() => answer(order, xml))).toBe(code);
  });
});

describe('a SOAP fault', () => {
  const fault = (code: string, text: string, detail = ''): string =>
    envelope(
      `<s:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring>${detail}</s:Fault>`,
    );
  const errorOf = (xml: string) => {
    const outcome = answer(order, xml);
    if (outcome.kind !== 'fault') throw new Error('no fault');
    return faultError(outcome.fault, order.contract);
  };

  it.each([
    ['s:Client', 'Förfrågans maxgräns överskriden', 'HUB_PU_TOO_MANY_HITS'],
    ['s:Client', 'Fel: förfrågans maxgräns överskriden (1000)', 'HUB_PU_TOO_MANY_HITS'],
    ['s:Client', 'Fo\u0308rfra\u030agans maxgra\u0308ns o\u0308verskriden', 'HUB_PU_TOO_MANY_HITS'],
    ['Client.Syntax', 'Frågan kan inte läsas', 'HUB_PU_REQUEST_REFUSED'],
    ['s:Client', 'VP004 Ingen producent', 'HUB_PU_CALLER_REFUSED'],
    ['s:Server', 'VP007 Behörighet saknas', 'HUB_PU_CALLER_REFUSED'],
    ['s:Server', 'Förfrågans maxgräns överskriden', 'HUB_PU_UNAVAILABLE'],
    ['soap:Server', 'Tekniskt fel', 'HUB_PU_UNAVAILABLE'],
    ['', '', 'HUB_PU_UNAVAILABLE'],
  ])('%s with "%s" means %s', (code, text, expected) => {
    expect(errorOf(fault(code, text)).code).toBe(expected);
  });

  it('is told of by its log id and by nothing else of its text', () => {
    const inText = errorOf(fault('s:Client', `Personen Hemlig saknas, log-id ${LOG_ID}`));
    expect(inText.context).toEqual({ contract: 'SearchPersonsForProfileByOrder', logId: LOG_ID });
    expect(inText.message).not.toContain('Hemlig');
    const inDetail = fault(
      's:Server',
      'x',
      `<detail><l:log xmlns:l="l"><l:id>${LOG_ID}</l:id></l:log></detail>`,
    );
    expect(errorOf(inDetail).context['logId']).toBe(LOG_ID);
    expect(errorOf(fault('s:Server', 'log-id 185002029999')).context['logId']).toBeUndefined();
  });
});
