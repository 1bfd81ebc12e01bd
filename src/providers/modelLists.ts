import type { JsonObject } from '../../protocol/index.ts';
import type { DiscoveredModel } from '../catalogue/builtInModel.ts';
import { secretsInAddress, secretsInHeader } from '../lib/credentials.ts';
import { secretPattern } from '../lib/secretPattern.ts';
import type { Send } from './http/send.ts';
import { readModelPage, type ModelPage } from './modelListPage.ts';
import { modelListWire, type ModelListWire } from './modelListWires.ts';

/** A server that is asked for its models. */
export interface ListTarget {
  /** The provider's name, which warnings say. */
  readonly name: string;
  readonly type: string;
  readonly baseUrl: string;
  readonly key: string | null;
  /** Sent as they are, over the usual ones. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `warning` is a sentence for the operator; it holds neither the key nor more of the address than its origin. */
export type ModelList = { readonly models: readonly DiscoveredModel[] } | { readonly warning: string; readonly cause?: ListCause };

/** `network`: no answer; `answer`: one that is no use; `noList`: the server has no such list. */
export type ListCause = 'key' | 'noList' | 'answer' | 'network';

export type FetchList = (target: ListTarget, signal: AbortSignal) => Promise<ModelList>;

const usualTimeoutMs = 2000;
const maxBytes = 8 * 1024 * 1024;
const maxPages = 10;
const maxModels = 5000;

/** Asks servers for their models over `send`. What it returns never rejects: whatever goes wrong is a warning. */
export function createFetchList(send: Send, timeoutMs = usualTimeoutMs): FetchList {
  return async (target, signal) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const models = await fetchPages(target, modelListWire(target.type), (url, headers) =>
        fetchJson({ send, url, headers, signal: limit }),
      );
      return { models: withoutSecrets(models, target).slice(0, maxModels) };
    } catch (error) {
      const reason = limit.aborted ? `${originOf(target.baseUrl)} did not answer within ${timeoutMs} ms.` : reasonOf(error, target);
      const cause = error instanceof ListProblem ? error.of : 'network';
      return { warning: `The models of ${target.name} could not be listed: ${reason}`, cause };
    }
  };
}

/** A model that is called like a secret is no model: the server says what it was told. */
function withoutSecrets(models: readonly DiscoveredModel[], { key, headers, baseUrl }: ListTarget): DiscoveredModel[] {
  const given = [...(key === null ? [] : [key]), ...secretsInAddress(baseUrl), ...Object.values(headers).flatMap(secretsInHeader)];
  const pattern = secretPattern(given);
  if (pattern === undefined) return [...models];
  // Without the state that a search with `g` keeps.
  const { source, flags } = pattern.expression;
  const expression = new RegExp(source, flags.replace('g', ''));
  return models.filter((model) => ![model.id, model.name ?? '', ...(model.aliases ?? [])].some((name) => expression.test(name)));
}

/** A reason that this file found; its text is safe to show. */
class ListProblem extends Error {
  readonly of: ListCause;

  constructor(message: string, of: ListCause = 'answer') {
    super(message);
    this.of = of;
  }
}

async function fetchPages(
  target: ListTarget,
  wire: ModelListWire,
  fetchPage: (url: URL, headers: Record<string, string>) => Promise<unknown>,
): Promise<DiscoveredModel[]> {
  const headers = { accept: 'application/json', ...(target.key === null ? {} : wire.auth(target.key)), ...wire.headers, ...target.headers };
  const models = new Map<string, DiscoveredModel>();
  let cursor: string | undefined;
  for (let pages = 0; pages < maxPages && models.size < maxModels; pages++) {
    const page: ModelPage | undefined = readModelPage(await fetchPage(wire.url(target.baseUrl, cursor), headers));
    if (page === undefined) throw new ListProblem('the answer is no list of models. Check base_url.');
    for (const model of page.models) models.set(model.id, model);
    if (page.next === undefined || page.next === cursor) break;
    cursor = page.next;
  }
  return [...models.values()];
}

interface Fetching {
  readonly send: Send;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

async function fetchJson({ send, url, headers, signal }: Fetching): Promise<unknown> {
  const { status, body } = await send({ url, method: 'GET', headers, body: undefined, signal });
  try {
    if (status !== 200) throw statusProblem(status);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new ListProblem(`the list is larger than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
    return parseJson(Buffer.concat(chunks).toString('utf8'));
  } finally {
    body.destroy();
  }
}

function parseJson(text: string): JsonObject | unknown[] {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    throw new ListProblem('the answer is not JSON. Check base_url.');
  }
}

function statusProblem(status: number): ListProblem {
  if (status === 401 || status === 403) return new ListProblem(`the server refused the key (status ${status}).`, 'key');
  if (status === 404) return new ListProblem('the server has no such list (status 404). Check base_url, or set discover: false.', 'noList');
  return new ListProblem(`the server answered with status ${status}.`);
}

function reasonOf(error: unknown, { baseUrl }: ListTarget): string {
  if (error instanceof ListProblem) return error.message;
  if (!URL.canParse(baseUrl)) return 'base_url is not a URL.';
  const code = (error as { code?: unknown } | null)?.code;
  return `nothing usable came from ${originOf(baseUrl)}${typeof code === 'string' ? ` (${code})` : ''}.`;
}

/** Without what may be a secret: user, password, query. */
function originOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : 'the server';
}
