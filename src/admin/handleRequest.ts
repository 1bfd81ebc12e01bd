import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../lib/failure.ts';
import { toWireError } from '../rpc/errors.ts';
import { api } from './api.ts';
import type { AdminContext } from './context.ts';
import type { Events } from './events.ts';
import type { Guard } from './guard.ts';
import type { PageFiles } from './pageFiles.ts';
import { securityHeaders } from './securityHeaders.ts';

export interface HandlerParts {
  readonly context: AdminContext;
  readonly guard: Guard;
  readonly events: Events;
  readonly files: PageFiles;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export function createHandler(parts: HandlerParts): Handler {
  return (request, response) => {
    handle(parts, request, response).catch((error: unknown) => {
      const { log, redactor } = parts.context.app;
      const { message, data } = toWireError(error, { log, redact: redactor.redactJson });
      const { kind } = data ?? { kind: 'internalError' };
      if (response.headersSent) response.destroy();
      else sendJson(response, statusOf[kind] ?? 409, { error: { kind, message } });
    });
  };
}

const statusOf: Readonly<Record<string, number>> = {
  invalidParams: 400,
  methodNotFound: 404,
  messageTooLarge: 413,
  secretNotFound: 404,
  secretsUnavailable: 503,
  storageUnavailable: 503,
  internalError: 500,
};

async function handle({ context, guard, events, files }: HandlerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const refusal = guard.refuseOrigin(request);
  if (refusal !== null) return sendPage(response, 403, refusal);
  const { url = '' } = request;
  // A proxy is asked with the whole address; this is none.
  if (!url.startsWith('/')) return sendPage(response, 404, 'There is nothing here.');
  const { pathname, searchParams } = new URL(`http://127.0.0.1${url}`);
  const token = searchParams.get('token');
  if (pathname === '/' && token !== null) return letIn(response, guard, token);
  if (!guard.knows(request) || !pathname.startsWith(`${guard.path}/`)) return sendPage(response, 401, knockAgain);
  const path = pathname.slice(guard.path.length);
  if (request.method === 'GET' && path === '/api/events') return events.add(response);
  if (path.startsWith('/api/')) {
    const answer = api[`${request.method} ${path}`];
    if (answer === undefined) throw new Failure('methodNotFound', `There is no ${request.method} ${path}.`);
    const asked = request.method === 'GET' ? Object.fromEntries(searchParams) : await readJson(request);
    const { status = 200, body } = await answer(context, asked);
    return sendJson(response, status, context.app.redactor.redactJson(body));
  }
  const file = request.method === 'GET' ? await files.read(path) : null;
  if (file === null) return sendPage(response, 404, path === '/' ? notBuilt : 'There is nothing here.');
  response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
}

const knockAgain = 'This page opens with the address that `llm-sidecar admin` prints, once. Start it again for another one.';
const notBuilt = 'The page is not built: npm run build makes it.';

/**
 * The cookie comes with a page that goes on by itself, not with a redirect: who followed a link from elsewhere would arrive
 * without it, as it is strict.
 */
function letIn(response: ServerResponse, guard: Guard, token: string): void {
  const cookie = guard.exchange(token);
  if (cookie === null) return sendPage(response, 401, knockAgain);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'set-cookie': cookie });
  const refresh = `<meta http-equiv="refresh" content="0;url=${guard.path}/">`;
  response.end(
    `<!doctype html><meta charset="utf-8">${refresh}<title>llm-sidecar</title><link rel="icon" href="data:,"><a href="${guard.path}/">Go on</a>`,
  );
}

function sendPage(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

const longestBody = 256 * 1024;

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new Failure('invalidParams', 'What is sent has to be application/json.');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) throw new Failure('messageTooLarge', `At most ${longestBody} bytes are taken.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new Failure('invalidParams', 'What was sent is not JSON.');
  }
}
