/** The contract of the look-up as a document: what the schemas say, whole and without loose ends. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printOpenApi } from '../../../connectors/runtime/look-up-access.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name?: string; readonly in?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, object>>;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

const text = printOpenApi();
const document = JSON.parse(text) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function resolve(reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (place, name) =>
        typeof place === 'object' && place !== null
          ? (place as Record<string, unknown>)[name]
          : undefined,
      document,
    );
}

describe('docs/openapi.json', () => {
  it('is what the schemas say by which requests are read', async () => {
    const file = join(import.meta.dirname, '../../../docs/openapi.json');
    await expect(text).toMatchFileSnapshot(file);
  });

  it('is an OpenAPI 3.1 document with the calls of the look-up', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info.title).not.toBe('');
    expect(operations.map(({ path, method }) => `${method} ${path}`).toSorted()).toEqual([
      'delete /v1/list',
      'get /v1/persons/{personKey}',
      'post /v1/persons/lookup',
      'post /v1/persons/{personKey}/custodians',
      'post /v1/persons/{personKey}/letter-channel',
      'post /v1/persons/{personKey}/next-of-kin',
      'post /v1/purges/{orderId}/ack',
      'put /v1/list',
    ]);
  });

  it('refers to nothing that is not there, and has nothing that nobody refers to', () => {
    const references = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map(
      ([, reference]) => reference ?? '',
    );
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references)
      expect([reference, resolve(reference)]).not.toContain(undefined);
    const named = ['schemas', 'parameters', 'responses'].flatMap((kind) =>
      Object.keys(document.components[kind] ?? {}).map((name) => `#/components/${kind}/${name}`),
    );
    expect(named.filter((name) => !references.includes(name))).toEqual([]);
  });

  it.each(operations)(
    '$method $path declares its path, its body and its refusals',
    ({ path, method, operation }) => {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters
        .filter((one) => one.in === 'path')
        .map(({ name }) => name);
      expect(declared).toEqual(inPath);
      expect(Object.keys(operation.responses)).toEqual(
        expect.arrayContaining(['200', '400', '401', '403', '429', '503']),
      );
      // An identity is in no URL: whatever names persons has a body.
      if (method === 'get') expect(operation.requestBody).toBeUndefined();
      expect(operation.parameters.map(({ name }) => name)).not.toContain('extension');
    },
  );

  it('names each call once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has the limits that the app keeps', () => {
    const { Identities } = document.components['schemas'] ?? {};
    expect(Identities).toMatchObject({
      properties: { identities: { minItems: 1, maxItems: 500 } },
      additionalProperties: false,
    });
    expect(text).not.toContain('#/$defs/');
  });
});
