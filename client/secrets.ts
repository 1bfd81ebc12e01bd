import type { Actor, ParsedParamsOf, ResultOf, SecretListResult, serverRequests } from '../protocol/index.ts';
import type { RequestParams, RequestResult } from './link.ts';

/** What the sidecar needs a key for. */
export interface SecretQuestion {
  /** In its normal form, `OPENAI_API_KEY`; an encryption key by the name that the configuration gives it. */
  readonly name: string;
  readonly actor?: Actor | undefined;
  readonly purpose?: string | undefined;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A value for this call, or with `ttlMs` for as long; null or nothing: you do not have it, and the sidecar looks elsewhere. */
export type SecretAnswer = string | null | undefined | { readonly value: string | null; readonly ttlMs?: number | undefined };

export type ResolveSecret = (question: SecretQuestion) => SecretAnswer | Promise<SecretAnswer>;

/** The encrypted store of the sidecar. Values go in and never come out. */
export interface Secrets {
  /** Those that are registered or set, and whether there is a store. */
  list(): Promise<SecretListResult>;
  /** Gives the version that it is. `note`: at most 100 characters. */
  set(name: string, value: string, options?: { readonly note?: string | undefined; readonly actor?: Actor | undefined }): Promise<number>;
  /** Of a secret that is set. */
  setNote(name: string, note: string, options?: { readonly actor?: Actor | undefined }): Promise<void>;
  /** All its versions. */
  delete(name: string, options?: { readonly actor?: Actor | undefined }): Promise<void>;
}

type Method = 'secret/list' | 'secret/set' | 'secret/delete';

export function createSecrets(
  request: <Name extends Method>(method: Name, params: RequestParams<Name>) => Promise<RequestResult<Name>>,
): Secrets {
  return {
    list: async () => request('secret/list', {}),
    set: async (name, value, options = {}) => (await request('secret/set', { ...options, name, value })).version,
    setNote: async (name, note, options = {}) => void (await request('secret/set', { ...options, name, note })),
    delete: async (name, options = {}) => void (await request('secret/delete', { ...options, name })),
  };
}

type Resolve = (typeof serverRequests)['secret/resolve'];

/** Answers secret/resolve. */
export async function answerSecret(
  resolve: ResolveSecret | undefined,
  { name, actor, purpose }: ParsedParamsOf<Resolve>,
  signal: AbortSignal,
): Promise<ResultOf<Resolve>> {
  const answer = await resolve?.({ name, actor, purpose, signal });
  if (typeof answer !== 'object' || answer === null) return { value: answer ?? null };
  const { value, ttlMs } = answer;
  return { value: value ?? null, ...(ttlMs === undefined ? {} : { ttlMs }) };
}
