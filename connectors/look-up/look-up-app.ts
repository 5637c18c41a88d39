/** The only file that imports hono here: paths, bodies and headers around the calls. */

import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { HubError } from '../../core/errors/hub-error.ts';
import { type PersonKey, parsePersonKey } from '../../core/person/person-identifier.ts';
import {
  type AnswerCallOptions,
  type CallResult,
  createCallAnswerer,
  type LogIntent,
  type Operation,
  type Reply,
  refusalOf,
} from './answer-call.ts';
import type { Caller } from './caller.ts';
import type { createLookUpCalls } from './look-up-calls.ts';
import { openApiDocument } from './openapi.ts';
import type { AnswerFormat } from './person-answers.ts';
import { InvalidRequest, readBody } from './read-body.ts';
import { ROUTES, type Route } from './routes.ts';
import { tlsOf } from './tls-of.ts';

export interface LookUpAppOptions extends AnswerCallOptions {
  readonly calls: ReturnType<typeof createLookUpCalls>;
  /** Of the contract. */
  readonly version: string;
}

type App = { readonly Bindings: HttpBindings };
type C = Context<App>;

const MOST_BYTES = 256 * 1_024;

/** The look-up as an HTTP application. */
export function createLookUpApp(options: LookUpAppOptions): Hono<App> {
  const { calls, log } = options;
  const answer = createCallAnswerer(options);
  const app = new Hono<App>();
  const document = openApiDocument(options.version);

  app.get('/openapi.json', (context) => context.json(document));

  route(ROUTES.lookUp, async (context, caller) => {
    const { identities } = await body(context, ROUTES.lookUp.body);
    return await calls.lookUp(caller, identities, formatOf(context));
  });
  route(ROUTES.person, (context, caller, key) => calls.person(caller, key, formatOf(context)));
  route(ROUTES.custodians, (_, caller, key) => calls.relations(caller, key, 'custodians'));
  route(ROUTES.nextOfKin, (_, caller, key) => calls.relations(caller, key, 'next-of-kin'));
  route(ROUTES.letterChannel, async (context, caller, key) => {
    const { letterNeededToo } = await body(context, ROUTES.letterChannel.body);
    return await calls.letterChannel(caller, key, letterNeededToo);
  });
  route(ROUTES.acknowledge, async (context, caller, orderId, logIntent) => {
    const { by } = await body(context, ROUTES.acknowledge.body);
    return await calls.acknowledge(caller, orderId, by, logIntent);
  });
  route(ROUTES.addToList, async (context, caller, _, logIntent) => {
    const { identities } = await body(context, ROUTES.addToList.body);
    return await calls.addToList(caller, identities, logIntent);
  });
  route(ROUTES.removeFromList, async (context, caller, _, logIntent) => {
    const { identities } = await body(context, ROUTES.removeFromList.body);
    return await calls.removeFromList(caller, identities, logIntent);
  });

  // Nothing of the path is kept: it may be an identity, by mistake.
  app.notFound((context) =>
    send(context as C, refusalOf('HUB_LOOKUP_NO_SUCH_PATH', undefined, null)),
  );
  app.onError((error, context) => {
    log.error('a look-up failed outside its call', error);
    return send(context as C, refusalOf('HUB_LOOKUP_FAILED', error, null));
  });
  return app;

  /** @param work gets the UUID of the path, if there is one. */
  function route(
    { method, path, name, activityType, whileDropping = false }: Route,
    work: (context: C, caller: Caller, key: PersonKey, logIntent: LogIntent) => Promise<CallResult>,
  ): void {
    const keyOf = (context: C) => parsePersonKey(context.req.param('key')?.toLowerCase() ?? '');
    const operationOf = (context: C): Operation => {
      const personKey = path.includes('{personKey}') ? keyOf(context) : undefined;
      return { name, activityType, whileDropping, ...(personKey !== undefined && { personKey }) };
    };
    const refuse = (context: C, why: HubError) =>
      serve(context, operationOf(context), () => Promise.reject(why));
    const limit = bodyLimit({
      maxSize: MOST_BYTES,
      onError: (context) => refuse(context as C, new HubError('HUB_LOOKUP_TOO_LARGE')),
    });
    app.on(
      method,
      path.replaceAll(/\{(\w+)\}/g, ':key'),
      async (context, next) => {
        try {
          return await limit(context, next);
        } catch {
          // What comes after it has its own answers to every error: only a body without a length ends here, in the middle.
          return await refuse(context, brokenBody());
        }
      },
      async (context) =>
        await serve(context, operationOf(context), async (caller, logIntent) => {
          const key = keyOf(context);
          const isKeyed = context.req.param('key') !== undefined;
          if (isKeyed && key === undefined) throw new HubError('HUB_LOOKUP_NO_SUCH_PATH');
          return await work(context, caller, key ?? NO_KEY, logIntent);
        }),
    );
  }

  async function serve(
    context: C,
    operation: Operation,
    work: (caller: Caller, logIntent: LogIntent) => Promise<CallResult>,
  ): Promise<Response> {
    const { incoming } = context.env;
    const { tls, certificate } = tlsOf(incoming.socket);
    const shown = { authorization: context.req.header('authorization'), certificate };
    const headers = {
      userId: context.req.header('x-user-hsa-id'),
      careUnit: context.req.header('x-care-unit-hsa-id'),
      purpose: context.req.header('x-purpose'),
      assignment: context.req.header('x-assignment'),
    };
    return send(context, await answer({ shown, headers, tls }, operation, work));
  }
}

/** Paths without a key never look at it. */
const NO_KEY = '' as PersonKey;

/** The caller went away, or its connection broke. */
function brokenBody(): InvalidRequest {
  return new InvalidRequest([{ path: '', problem: 'did not arrive whole' }]);
}

async function body<T>(context: C, schema: z.ZodType<T>): Promise<T> {
  return readBody(await textOf(context), schema);
}

async function textOf(context: C): Promise<string> {
  try {
    return await context.req.text();
  } catch {
    throw brokenBody();
  }
}

function formatOf(context: C): AnswerFormat {
  const isWanted =
    context.req.query('format') === 'fhir-patient' ||
    context.req.header('accept')?.includes('application/fhir+json') === true;
  return isWanted ? 'fhir-patient' : 'hub';
}

function send(context: C, { status, body: content, isFhir, headers }: Reply): Response {
  return context.body(JSON.stringify(content), status as 200, {
    ...headers,
    'content-type': isFhir
      ? 'application/fhir+json; charset=utf-8'
      : 'application/json; charset=utf-8',
  });
}
