import { describe, expect, it } from 'vitest';
import { readEnvelope } from '../../scripts/sandbox/contracts/read-envelope.ts';
import { readXml } from '../../scripts/sandbox/contracts/read-xml.ts';

describe('an XML document', () => {
  it('is read with namespaces and text', () => {
    expect(
      readXml(
        '<?xml version="1.0"?><a:r xmlns:a="urn:a" xmlns="urn:b"><n a:k="1">å&amp;<![CDATA[<]]></n><!-- c --></a:r>',
      ),
    ).toEqual({
      namespace: 'urn:a',
      name: 'r',
      hasAttribute: false,
      text: '',
      children: [{ namespace: 'urn:b', name: 'n', hasAttribute: false, text: 'å&<', children: [] }],
    });
  });

  it.each([
    ['nothing', '', 'välformat'],
    ['no end', '<a>', 'välformat'],
    ['another end', '<a></b>', 'välformat'],
    ['two roots', '<a/><b/>', 'välformat'],
    ['an unbound prefix', '<a:b/>', 'välformat'],
    ['an unknown entity', '<a>&b;</a>', 'välformat'],
    ['a character that XML forbids', '<a>&#1;</a>', 'välformat'],
    ['a DTD', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'DTD'],
    ['too many levels', '<a>'.repeat(33) + '</a>'.repeat(33), 'För många nivåer'],
    ['too much', `<a>${'x'.repeat(1_000_000)}</a>`, 'för stort'],
  ])('is refused when it has %s', (_, document, words) => {
    expect(() => readXml(document)).toThrow(words);
  });

  it('may be as deep as the limit', () => {
    expect(readXml('<a>'.repeat(32) + '</a>'.repeat(32)).name).toBe('a');
  });
});

describe('a SOAP envelope', () => {
  const envelope = (header: string, body: string): string =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:i="urn:riv:itintegration:registry:1" xmlns:r="urn:r" xmlns:p="urn:p"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;

  it('gives the logical address, and the request with the namespaces that were declared around it', () => {
    const { logicalAddress, request } = readEnvelope(
      envelope(
        '<i:LogicalAddress> SE1-1 </i:LogicalAddress>',
        '<r:Ask><r:id><p:root>1&lt;2</p:root></r:id></r:Ask>',
      ),
    );
    expect(logicalAddress).toBe('SE1-1');
    expect(request).toBe('<Ask xmlns="urn:r"><id><root xmlns="urn:p">1&lt;2</root></id></Ask>');
  });

  it('keeps that something had an attribute which is to be refused', () => {
    const { request } = readEnvelope(envelope('', '<r:Ask lang="sv"/>'));
    expect(readXml(request).hasAttribute).toBe(true);
  });

  it('may be without a logical address', () => {
    expect(readEnvelope(envelope('', '<r:Ask/>')).logicalAddress).toBeUndefined();
    const other = '<LogicalAddress xmlns="urn:x">SE1-1</LogicalAddress>';
    expect(readEnvelope(envelope(other, '<r:Ask/>')).logicalAddress).toBeUndefined();
  });

  it.each([
    ['without a body', '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>'],
    ['with an empty body', envelope('', '')],
    ['with two requests', envelope('', '<r:Ask/><r:Ask/>')],
    ['of another SOAP', envelope('', '<r:Ask/>').replace('xmlsoap.org', 'example.org')],
    ['that is something else', '<Ask/>'],
  ])('%s is refused', (_, document) => {
    expect(() => readEnvelope(document)).toThrow('inget SOAP-kuvert');
  });
});
