import { serverRequests } from '../../protocol/messages.ts';
import type { Actor } from '../../protocol/index.ts';
import type { Asking, SecretSource } from '../engine/secretsPorts.ts';
import { secretName, usable } from './secretName.ts';

export interface HostSecrets extends SecretSource {
  /** The host said in `initialize` that it answers secret/resolve. */
  connect(peer: HostPeer): void;
  readonly isConnected: boolean;
  /** By its name as it is, not in the normal form of secrets. Rejects only with the reason of the signal. */
  ask(question: Question, asking: Asking | undefined): Promise<string | null>;
}

interface HostPeer {
  request(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
}

interface Question {
  readonly name: string;
  readonly actor: Actor;
  readonly purpose: string | undefined;
}

interface Answer {
  readonly value: string | null;
  readonly until: number;
}

/** How long the host may take. */
const defaultTimeoutMs = 30_000;

/** Answers that are kept, of those that may be kept for a time. */
const mostKept = 1000;

/**
 * Secrets of the host, by secret/resolve. A value is kept in memory for as long as the host says, by name, actor and purpose;
 * those who ask the same at the same time share one request. Without a request of the host that runs, it is not asked. A host
 * that fails, or is late, does not have the secret.
 */
export function createHostSecrets({
  log,
  timeoutMs = defaultTimeoutMs,
  now = () => performance.now(),
}: {
  readonly log: (line: string) => void;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}): HostSecrets {
  let peer: HostPeer | undefined;
  const kept = new Map<string, Answer>();
  const running = new Map<string, Shared>();

  const request = async (to: HostPeer, { name, actor, purpose }: Question, asking: Asking): Promise<Answer> => {
    const late = AbortSignal.timeout(timeoutMs);
    const params = {
      name,
      ...(actor === null ? {} : { actor }),
      ...(purpose === undefined ? {} : { purpose }),
      _meta: { depth: asking.depth },
    };
    try {
      const answer = serverRequests['secret/resolve'].result.safeParse(
        await to.request('secret/resolve', params, AbortSignal.any([asking.signal, late])),
      );
      if (answer.success) return { value: usable(answer.data.value), until: now() + (answer.data.ttlMs ?? 0) };
      log(`llm-sidecar: the host's answer to secret/resolve for ${name} is not {value, ttlMs}; it is taken for null.`);
    } catch (error) {
      asking.signal.throwIfAborted();
      log(`llm-sidecar: the host did not give the secret ${name} (${whyNot(error, late, timeoutMs)}); it is taken for null.`);
    }
    return { value: null, until: now() };
  };

  const ask = async (question: Question, asking: Asking | undefined): Promise<string | null> => {
    if (!peer) return null;
    const key = JSON.stringify([question.name, question.actor, question.purpose ?? null]);
    const before = kept.get(key);
    if (before && before.until > now()) return before.value;
    kept.delete(key);
    if (!asking) return null;
    asking.signal.throwIfAborted();
    const to = peer;
    const shared: Shared =
      running.get(key) ??
      share(
        (signal) => request(to, question, { ...asking, signal }),
        () => running.get(key) === shared && running.delete(key),
      );
    running.set(key, shared);
    const answer = await shared.wait(asking.signal);
    if (answer.until > now()) keep(kept, key, answer, now());
    return answer.value;
  };

  return {
    source: 'host',
    connect: (host) => void (peer = host),
    get isConnected() {
      return peer !== undefined;
    },
    ask,
    get: async (name, { actor, purpose, asking }) => ask({ name: secretName(name), actor, purpose }, asking),
  };
}

interface Shared {
  /** Rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<Answer>;
}

/** One request for all who wait for it; it is given up when the last of them has. */
function share(start: (signal: AbortSignal) => Promise<Answer>, onEnd: () => unknown): Shared {
  const controller = new AbortController();
  const running = start(controller.signal).finally(onEnd);
  let waiting = 0;
  return {
    async wait(signal) {
      waiting += 1;
      const gone = Promise.withResolvers<never>();
      const leave = (): void => gone.reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await Promise.race([running, gone.promise]);
      } finally {
        signal.removeEventListener('abort', leave);
        waiting -= 1;
        if (waiting === 0) {
          // Who asks from now on asks anew.
          onEnd();
          controller.abort();
          running.catch(() => {});
        }
      }
    },
  };
}

function keep(kept: Map<string, Answer>, key: string, answer: Answer, now: number): void {
  if (kept.size >= mostKept) for (const [other, { until }] of kept) if (until <= now) kept.delete(other);
  const [oldest] = kept.keys();
  if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
  kept.set(key, answer);
}

/** Without the words of the host, which may quote anything. */
function whyNot(error: unknown, late: AbortSignal, timeoutMs: number): string {
  if (late.aborted) return `no answer within ${timeoutMs / 1000} s`;
  const code = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN;
  if (code === -32_601) return 'it does not know secret/resolve, though it said that it gives secrets';
  return Number.isNaN(code) ? 'the connection ended' : `it answered with the error ${code}`;
}
