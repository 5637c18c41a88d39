import { z } from 'zod';
import { PURPOSES } from './caller.ts';
import { ANSWERS } from './look-up-schemas.ts';
import { ROUTES, type Route } from './routes.ts';

type Json = { readonly [key: string]: unknown };

const REF = (id: string): string => `#/components/schemas/${id}`;
const SECURITY = [{ token: [] }, { certificate: [] }];
const UUID = '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

const DESCRIPTION =
  'On-line look-up of persons by systems that are consumers of the hub. What is answered is said by the profile of the consumer. Every call stands in the ' +
  'access log before its answer leaves. Identities go in bodies, never in a URL. The hub speaks in its own fields, or FHIR R4 with `format=fhir-patient` or ' +
  '`Accept: application/fhir+json`.';

const header = (name: string, description: string, schema: Json = { type: 'string' }): Json => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

const PARAMETERS: Readonly<Record<string, Json>> = {
  User: header(
    'X-User-Hsa-Id',
    'HSA-id of the user. Needed unless the profile is of a system without users.',
  ),
  CareUnit: header('X-Care-Unit-Hsa-Id', 'HSA-id of the care unit. Needed as the user is.'),
  Purpose: header(
    'X-Purpose',
    `Why: ${PURPOSES.join(', ')}. In UTF-8, Latin-1 or percent-encoded. Needed as the user is.`,
  ),
  Assignment: header('X-Assignment', 'The assignment (medarbetaruppdrag), if there is one.'),
  Format: {
    name: 'format',
    in: 'query',
    required: false,
    schema: { type: 'string', enum: ['fhir-patient'] },
  },
};
const USER_PARAMETERS = ['User', 'CareUnit', 'Purpose', 'Assignment'];

const STATUSES: Readonly<Record<string, string>> = {
  400: 'The request is not what the contract says',
  401: 'No token or certificate that the hub knows',
  403: 'Not in the profile, or no user, unit and purpose',
  404: 'Nobody whom this consumer may see',
  409: 'The consumer keeps no list',
  413: 'The body is larger than 256 kB',
  429: 'Too many calls; Retry-After says when to come again',
  500: 'A fault in the hub',
  503: 'The hub cannot answer now, for example since the access log cannot be written',
};

/** The contract as an OpenAPI 3.1 document, made of the schemas by which requests are read. @param version of the contract. */
export function openApiDocument(version: string): Json {
  const schemas: Record<string, Json> = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const [id, route] of Object.entries(ROUTES)) {
    const operation = operationOf(id, route, schemas);
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
  }
  addSchemas(ANSWERS.error, 'output', schemas);
  return {
    openapi: '3.1.0',
    info: { title: 'PU hub: look-up', version, description: DESCRIPTION },
    servers: [{ url: 'https://localhost:9465' }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      parameters: PARAMETERS,
      responses: Object.fromEntries(
        Object.entries(STATUSES).map(([status, description]) => [
          status,
          { description, content: { 'application/json': { schema: { $ref: REF('Error') } } } },
        ]),
      ),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'From `hub look-up token add <consumer>`',
        },
        certificate: {
          type: 'mutualTLS',
          description: 'A client certificate that was registered for the consumer',
        },
      },
    },
  };
}

function operationOf(id: string, route: Route, schemas: Record<string, Json>): Json {
  const answer = { $ref: addSchemas(route.answer, 'output', schemas) };
  return {
    operationId: id,
    summary: route.summary,
    security: SECURITY,
    parameters: [
      ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string', pattern: UUID },
      })),
      ...[...USER_PARAMETERS, ...(route.hasFhir ? ['Format'] : [])].map((name) => ({
        $ref: `#/components/parameters/${name}`,
      })),
    ],
    ...(route.body !== null && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { $ref: addSchemas(route.body, 'input', schemas) } },
        },
      },
    }),
    responses: {
      200: {
        description: 'The answer',
        content: {
          'application/json': { schema: answer },
          ...(route.hasFhir &&
            route.method === 'GET' && {
              'application/fhir+json': {
                schema: {
                  type: 'object',
                  required: ['resourceType'],
                  description: 'Patient, FHIR R4',
                },
              },
            }),
        },
      },
      ...Object.fromEntries(
        Object.keys(STATUSES).map((status) => [
          status,
          { $ref: `#/components/responses/${status}` },
        ]),
      ),
    },
  };
}

/** Puts the schema and all that it refers to among the components. @returns the reference to it. */
function addSchemas(schema: z.ZodType, io: 'input' | 'output', into: Record<string, Json>): string {
  const {
    $schema: _draft,
    $defs,
    ...own
  } = z.toJSONSchema(schema, { io }) as Json & {
    readonly $defs?: Readonly<Record<string, Json>>;
  };
  for (const [id, part] of Object.entries($defs ?? {})) into[id] = componentOf(part);
  const id = schema.meta()?.id;
  if (id === undefined) throw new TypeError('A schema of a route has no id.');
  // A schema with an id may itself stand among its parts, and the root then only refers to it.
  if ($defs?.[id] === undefined) into[id] = componentOf(own);
  return REF(id);
}

/** As a component of the document: ids are its names, and references lead there. */
function componentOf(schema: Json): Json {
  const { id: _id, ...rest } = schema;
  const text = JSON.stringify(rest).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as Json;
}
