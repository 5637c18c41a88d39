import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ParseOption, XmlDocument, XmlElement, XmlValidateError, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';
import { describe } from 'vitest';
import type { ContractName } from '../../scripts/sandbox/sandbox-types.ts';
import { schemaDirectory } from './env.ts';

export type Direction = 'request' | 'response';

const SOAP = { soap: 'http://schemas.xmlsoap.org/soap/envelope/' };
const ADDRESS = { itr: 'urn:riv:itintegration:registry:1' };

/** Whether the official schemas are there. */
export function hasSchemas(): boolean {
  return existsSync(join(schemaDirectory(), 'interactions'));
}

/** A suite that checks messages against the official schemas: skipped by a name that says what it needs where they are not. */
export function describeWithSchemas(title: string, suite: () => void): void {
  if (hasSchemas()) describe(title, suite);
  else describe.skip(`${title} (needs PU's schemas in ../shared/rivta or PU_XSD_DIR)`, suite);
}

// libxml2 opens what a schema imports by itself, and has no files of its own.
xmlRegisterFsInputProviders();

/** By the path of the schema; they live as long as the process of the test file. */
const validators = new Map<string, XsdValidator>();

/**
 * Checks a message of a contract against its schema: a whole SOAP envelope, the element of its body, or a document of an order.
 *
 * @returns what is wrong, as libxml2 says it; empty when it is valid.
 */
export function validateSoap(
  contract: ContractName,
  direction: Direction,
  xml: string,
): readonly string[] {
  using document = XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_HUGE });
  const isEnvelope = document.root.name === 'Envelope';
  const bodies = isEnvelope ? document.find('/soap:Envelope/soap:Body/*', SOAP) : [document.root];
  const [body] = bodies;
  const name = direction === 'request' ? contract : `${contract}Response`;
  if (!(body instanceof XmlElement) || bodies.length !== 1 || body.name !== name) {
    return [`The message is not one ${name}.`];
  }
  const address = isEnvelope
    ? document.get('/soap:Envelope/soap:Header/itr:LogicalAddress', { ...SOAP, ...ADDRESS })
    : null;
  return [
    ...problems(contractSchema(contract), body),
    ...(address instanceof XmlElement ? problems(addressSchema(), address) : []),
    ...(isEnvelope && direction === 'request' && address === null ? ['No LogicalAddress.'] : []),
  ];
}

/** Checks that a message is a SOAP 1.1 fault (ch. 4.4). @returns what is wrong; empty when it is one. */
export function validateFault(xml: string): readonly string[] {
  using document = XmlDocument.fromString(xml);
  const bodies = document.find('/soap:Envelope/soap:Body/*', SOAP);
  const texts = ['faultcode', 'faultstring'].map(
    (name) => document.get(`/soap:Envelope/soap:Body/soap:Fault/${name}`, SOAP)?.content ?? '',
  );
  return bodies.length === 1 && texts.every((text) => text !== '')
    ? []
    : ['The message is not one SOAP fault.'];
}

function problems(schema: string, element: XmlElement): readonly string[] {
  try {
    validatorOf(schema).validate(element);
    return [];
  } catch (error) {
    if (!(error instanceof XmlValidateError)) throw error;
    return error.details.map(({ line, message }) => `line ${line}: ${message.trim()}`);
  }
}

function validatorOf(schema: string): XsdValidator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  using document = XmlDocument.fromBuffer(readFileSync(schema), {
    url: pathToFileURL(schema).href,
  });
  const validator = XsdValidator.fromDoc(document);
  validators.set(schema, validator);
  return validator;
}

function contractSchema(contract: ContractName): string {
  const folder = join(schemaDirectory(), 'interactions', `${contract}Interaction`);
  const file = readdirSync(folder).find((name) => name.startsWith(`${contract}Responder_`));
  if (file === undefined) throw new Error(`No schema of ${contract} in ${folder}.`);
  return join(folder, file);
}

function addressSchema(): string {
  return join(schemaDirectory(), 'core_components', 'itintegration_registry_1.0.xsd');
}
