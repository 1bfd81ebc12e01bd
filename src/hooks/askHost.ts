import type { Actor, JsonObject, WireError } from '../../protocol/index.ts';
import { serverRequests, type ResultOf } from '../../protocol/messages.ts';
import type { HookRegistration } from '../../protocol/shapes/hook.ts';
import type { PromptScope } from '../engine/ports.ts';
import type { TraceContext } from '../engine/telemetryPort.ts';
import { Failure } from '../lib/failure.ts';
import type { Canonical } from './matches.ts';
import { withDeadline } from './withDeadline.ts';

export interface HostCaller {
  readonly peer: { request(method: string, params: object, signal?: AbortSignal): Promise<unknown> };
  /** A failure as the wire tells it. */
  describeError(error: unknown): WireError;
  readonly canonical: Canonical;
  /** What a request is a part of, where telemetry is on. */
  traceContext?(): TraceContext | undefined;
}

/** Registrations that are one hook: one that is asked, or the start and the end of prompts. */
export interface HostRegistrations {
  readonly ask?: HookRegistration | undefined;
  readonly start?: HookRegistration | undefined;
  readonly end?: HookRegistration | undefined;
}

type HookRequest = Extract<keyof typeof serverRequests, `hook/${string}`>;

/** Asks within the deadline of the registration and checks the answer. What is wrong with it is a failure that names the registration. */
export async function askHost<Method extends HookRequest>(
  { peer, traceContext }: HostCaller,
  registration: HookRegistration,
  {
    method,
    params,
    onLate,
  }: { readonly method: Method; readonly params: object; readonly onLate?: (answer: ResultOf<(typeof serverRequests)[Method]>) => void },
  signal: AbortSignal,
): Promise<ResultOf<(typeof serverRequests)[Method]>> {
  const { id } = registration;
  const trace = traceContext?.();
  const asked = trace === undefined ? params : { ...params, _meta: trace };
  const read = (answer: unknown): ResultOf<(typeof serverRequests)[Method]> => {
    const parsed = serverRequests[method].result.safeParse(answer);
    if (parsed.success) return parsed.data as ResultOf<(typeof serverRequests)[Method]>;
    const [issue] = parsed.error.issues;
    throw new Failure(
      'hookFailed',
      `The hook ${id} (host) gave a wrong answer to ${method}: ${[...(issue?.path ?? []), issue?.message].join(': ')}`,
      { registrationId: id },
    );
  };
  try {
    return await withDeadline(registration, signal, async (both) => read(await peer.request(method, asked, both)), onLate);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw new Failure('hookFailed', `The hook ${id} (host) failed: ${error instanceof Error ? error.message : String(error)}`, {
      registrationId: id,
    });
  }
}

interface Told {
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly metadata: JsonObject | undefined;
  readonly depth: number;
}

/** What every request says, with no more than the registration asks for. */
export function contextOf({ id, include }: HookRegistration, { purpose, actor, metadata, depth }: Told): object {
  return {
    registrationId: id,
    depth,
    ...(purpose === undefined ? {} : { purpose }),
    ...(include?.includes('actor') ? { actor } : {}),
    ...(include?.includes('metadata') && metadata !== undefined ? { metadata } : {}),
  };
}

export function promptContextOf(registration: HookRegistration, scope: PromptScope, step: number): object {
  const { promptId, groupId, model } = scope;
  return { ...contextOf(registration, scope), promptId, ...(groupId === undefined ? {} : { groupId }), step, model };
}
