import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  url: (secret) => encodeURIComponent(secret),
  everyByteOfUrl: (secret) => Array.from(Buffer.from(secret), (byte) => `%${byte.toString(16)}`).join(''),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  basic: (secret) => `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`,
  base64url: (secret) => Buffer.from(`{"k":"${secret}"}`).toString('base64url'),
  json: (secret) => JSON.stringify(secret),
  unicode: (secret) => Array.from(secret, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  html: (secret) => secret.replaceAll(/[^a-z0-9]/gi, (letter) => `&#${letter.charCodeAt(0)};`),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  upper: (secret) => secret.toUpperCase(),
  lower: (secret) => secret.toLowerCase(),
  masked: (secret) => `${secret.slice(0, 8)}${'*'.repeat(12)}${secret.slice(-6)}`,
  dotted: (secret) => `${secret.slice(0, 5)}...${secret.slice(-6)}`,
  inTheMiddle: (secret) => `${'x'.repeat(285)} ${secret} ${'y'.repeat(300)}`,
  farBehind: (secret) => `${'x '.repeat(8185)}${secret}`,
  manyTimes: (secret) => `${secret} `.repeat(2000),
};

/** Where a provider may put what it was sent. */
export interface Place {
  /** What it says is the model's answer; the rest is not. */
  readonly inAnswer?: boolean;
  answer(response: ServerResponse, quoted: string, about: { readonly url: string; readonly dialect: string; readonly other: string }): void;
}

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const text = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { 'content-type': type }).end(body);
};
/** A header can hold neither line breaks nor what is not Latin-1. */
const inHeader = (quoted: string): string => quoted.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 4000);
/** As a part of the name of a host, where it can be one. */
const labelOf = (quoted: string): string => {
  const [first = ''] = quoted.split(' ');
  return /^[\w-]{1,63}$/.test(first) ? first : 'other';
};
const fixtureOf: Readonly<Record<string, string>> = {
  chat: 'openai-chat.sse',
  responses: 'openai-responses.sse',
  messages: 'anthropic.sse',
  google: 'google.sse',
};
const stream = (response: ServerResponse, dialect: string, change: (event: any) => void, ends: 'well' | 'cut' = 'well'): void => {
  const events = readFileSync(new URL(`../../providers/fixtures/${fixtureOf[dialect]}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n\n');
  const changed = events.map((event) =>
    event.replace(/^data: (\{.*\})$/m, (_, data: string) => {
      const parsed = JSON.parse(data);
      change(parsed);
      return `data: ${JSON.stringify(parsed)}`;
    }),
  );
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (ends === 'well') response.end(`${changed.join('\n\n')}\n\n`);
  else response.write(`${changed.slice(0, 3).join('\n\n')}\n\n`, () => response.destroy());
};
const error = (quoted: string) => ({
  error: { message: `You sent ${quoted}.`, type: quoted, code: quoted, param: quoted, status: quoted },
});

export const places: Readonly<Record<string, Place>> = {
  message: { answer: (response, quoted) => json(response, 400, error(quoted)) },
  refused: {
    answer: (response, quoted) => json(response, 401, { error: { message: `Incorrect API key provided: ${quoted}. Find yours.` } }),
  },
  otherShapes: { answer: (response, quoted) => json(response, 422, [{ detail: [{ msg: quoted, [quoted]: quoted }] }]) },
  code: { answer: (response, quoted) => json(response, 404, { error: { message: '', code: quoted, type: quoted } }) },
  plainText: { answer: (response, quoted) => text(response, 500, 'text/plain', `refused: ${quoted}`) },
  webPage: { answer: (response, quoted) => text(response, 502, 'text/html', `<html><title>${quoted}</title></html>`) },
  typeOfPage: { answer: (response, quoted) => text(response, 200, `text/html; charset=${inHeader(quoted)}`, '<html></html>') },
  brokenJson: { answer: (response, quoted) => text(response, 400, 'application/json', `{"error": {"message": "${quoted}`) },
  brokenAnswer: { answer: (response, quoted) => text(response, 200, 'application/json', `{"id": "${quoted}", "choices": [`) },
  otherAnswer: { answer: (response, quoted) => json(response, 200, { [quoted]: quoted, id: quoted }) },
  headers: {
    answer(response, quoted) {
      const value = inHeader(quoted);
      const names = ['X-Request-ID', 'request-id', 'Set-Cookie', 'Location', 'www-authenticate', 'retry-after', 'X-Should-Retry'];
      json(response, 403, { error: { message: 'no' } }, Object.fromEntries(names.map((name) => [name, value])));
    },
  },
  reason: { answer: (response, quoted) => response.writeHead(503, inHeader(quoted)).end() },
  redirect: {
    answer: (response, quoted, { other }) =>
      response
        .writeHead(307, { location: `${other}/v1/${encodeURIComponent(quoted).slice(0, 900)}?key=${inHeader(quoted).slice(0, 900)}` })
        .end(),
  },
  redirectToHost: {
    answer: (response, quoted) => response.writeHead(302, { location: `https://${labelOf(quoted)}.example.test/` }).end(),
  },
  redirectHere: {
    answer: (response, quoted) => response.writeHead(308, { location: `?key=${encodeURIComponent(quoted).slice(0, 900)}` }).end(),
  },
  redirectNowhere: { answer: (response, quoted) => response.writeHead(301, { location: `http://[${inHeader(quoted)}` }).end() },
  errorEvent: {
    answer: (response, quoted) =>
      text(response, 200, 'text/event-stream', `event: error\ndata: ${JSON.stringify({ type: 'error', ...error(quoted) })}\n\n`),
  },
  brokenEvent: {
    answer: (response, quoted) => text(response, 200, 'text/event-stream', `data: {"id": "${quoted}", ${quoted}\n\n: ${quoted}\n\n`),
  },
  besides: {
    answer: (response, quoted, { dialect }) =>
      stream(response, dialect, (event) => {
        for (const holder of [event, event.response, event.message]) {
          if (holder === undefined) continue;
          for (const name of ['id', 'model', 'responseId', 'modelVersion', 'system_fingerprint', 'service_tier'])
            if (holder[name] !== undefined) holder[name] = quoted;
          for (const name of ['usage', 'usageMetadata'])
            if (holder[name]) Object.assign(holder[name], { note: quoted, deep: [{ quoted }] });
        }
      }),
  },
  cut: {
    answer: (response, quoted, { dialect }) =>
      stream(
        response,
        dialect,
        (event) => {
          if (event.usage) event.usage.note = quoted;
          event.note = quoted;
        },
        'cut',
      ),
  },
  answer: {
    inAnswer: true,
    answer: (response, quoted, { dialect }) => stream(response, dialect, (event) => addToText(event, quoted)),
  },
  toolCall: {
    inAnswer: true,
    answer: (response, quoted) =>
      json(response, 200, {
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [
          {
            index: 0,
            finish_reason: 'tool_calls',
            message: {
              role: 'assistant',
              content: null,
              tool_calls: [{ id: 'call', type: 'function', function: { name: 'mine', arguments: JSON.stringify({ quoted }) } }],
            },
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      }),
  },
};

function addToText(value: any, quoted: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    if (['text', 'content', 'delta', 'thinking'].includes(name) && typeof child === 'string') value[name] = child + quoted;
    else addToText(child, quoted);
  }
}

export interface CanaryUpstream extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What the next requests are answered with. */
  say(place: string, encoding: string): void;
  /** Requests so far. */
  readonly received: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }[];
}

/** A provider that repeats every secret it is sent. `other`: an address that it redirects to. */
export async function startCanaryUpstream(other = ''): Promise<CanaryUpstream> {
  let now = { place: 'message', encoding: 'plain' };
  const received: CanaryUpstream['received'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      const quoted = secretsOf(request).map(encodings[now.encoding]!).join(' ');
      // A list of models, which is asked for in the background.
      if (method === 'GET')
        return json(response, 200, { data: [{ id: 'plain-model' }, { id: `model-${quoted}`.slice(0, 250) }, { id: 'x', name: quoted }] });
      places[now.place]!.answer(response, quoted, { url, dialect: dialectOf(url), other });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    say: (place, encoding) => void (now = { place, encoding }),
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Every value that is one: without the word before it, and what Basic says. */
function secretsOf({ headers, url = '' }: IncomingMessage): string[] {
  const named = Object.entries(headers).filter(([name]) => /auth|key|custom|token/.test(name));
  return [...named.map(([, value]) => String(value)), ...new URL(url, 'http://a').searchParams.values()].flatMap((value) => {
    const bare = value.replace(/^(bearer|basic) /i, '');
    return /^basic /i.test(value) ? [bare, Buffer.from(bare, 'base64').toString('utf8').split(':')[1] ?? ''] : [bare];
  });
}

function dialectOf(url: string): string {
  if (url.includes('/responses')) return 'responses';
  if (url.includes('/messages')) return 'messages';
  return url.includes('enerateContent') ? 'google' : 'chat';
}
