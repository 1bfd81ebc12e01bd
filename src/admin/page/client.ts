import type { ApiError, Edited, EditAsked } from '../shapes.ts';

/** What the server said instead of an answer; `kind` is one of the protocol, or `unreachable`. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly kind: string;

  constructor({ kind, message }: ApiError) {
    super(message);
    this.kind = kind;
  }
}

/** Members that are empty are left out. */
export async function get<T>(
  path: string,
  asked: Readonly<Record<string, string | number | undefined>> = {},
  signal?: AbortSignal,
): Promise<T> {
  const query = new URLSearchParams(Object.entries(asked).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])));
  const response = await reach(`${path}${query.size > 0 ? `?${query}` : ''}`, signal === undefined ? {} : { signal });
  return (await read(response)) as T;
}

export async function post<T>(path: string, asked: object): Promise<T> {
  return (await read(await send(path, asked))) as T;
}

/** Also 409, that the file has changed, and 422, that it would have errors, are answers. */
export async function postEdit(asked: EditAsked): Promise<Edited> {
  const response = await send('api/config', asked);
  return [409, 422].includes(response.status) ? ((await response.json()) as Edited) : ((await read(response)) as Edited);
}

async function send(path: string, asked: object): Promise<Response> {
  return reach(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(asked) });
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiFailure({ kind: 'unreachable', message: 'The sidecar does not answer. It has ended: start llm-sidecar admin again.' });
  }
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 401) throw new ApiFailure({ kind: 'unauthorized', message: (await response.text()).trim() });
  const body: unknown = await response.json();
  if (response.ok) return body;
  throw new ApiFailure((body as { error: ApiError }).error);
}
