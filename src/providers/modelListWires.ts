/** How a provider type is asked for its models. The key is in a header, never in the URL. */
export interface ModelListWire {
  url(baseUrl: string, cursor: string | undefined): URL;
  auth(key: string): Record<string, string>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The wire of a type; that of OpenAI's `GET /models` where nothing else is known. */
export function modelListWire(type: string): ModelListWire {
  return wires.get(type) ?? bearerWire;
}

const bearerWire: ModelListWire = {
  url: (baseUrl) => withQuery(`${trimmed(baseUrl)}/models`, {}),
  auth: (key) => ({ authorization: `Bearer ${key}` }),
  headers: {},
};

const wires: ReadonlyMap<string, ModelListWire> = new Map<string, ModelListWire>([
  [
    'anthropic',
    {
      // https://platform.claude.com/docs/en/api/models-list
      url: (baseUrl, cursor) => withQuery(`${trimmed(baseUrl)}/models`, { limit: '1000', after_id: cursor }),
      auth: (key) => ({ 'x-api-key': key }),
      headers: { 'anthropic-version': '2023-06-01' },
    },
  ],
  [
    'google',
    {
      // https://ai.google.dev/api/models#method:-models.list
      url: (baseUrl, cursor) => withQuery(`${trimmed(baseUrl)}/models`, { pageSize: '1000', pageToken: cursor }),
      auth: (key) => ({ 'x-goog-api-key': key }),
      headers: {},
    },
  ],
  [
    'cohere',
    {
      // https://docs.cohere.com/reference/list-models: under v1, also where chat is under v2.
      url: (baseUrl, cursor) =>
        withQuery(`${trimmed(baseUrl).replace(/\/v2$/, '/v1')}/models`, { endpoint: 'chat', page_size: '1000', page_token: cursor }),
      auth: (key) => ({ authorization: `Bearer ${key}` }),
      headers: {},
    },
  ],
]);

function withQuery(address: string, query: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

function trimmed(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '');
}
