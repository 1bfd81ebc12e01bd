import * as z from 'zod';
import type { ErrorKind } from '../../protocol/index.ts';
import { Failure } from '../../src/lib/failure.ts';
import type { RequestContext, Table } from '../../src/rpc/table.ts';

export interface TestTable extends Table {
  /** What handlers saw, in order. */
  readonly seen: string[];
}

/** Methods that show how `serve` behaves; they have nothing to do with models. */
export function createTestTable(): TestTable {
  const seen: string[] = [];
  const held = new Map<string, () => void>();
  return {
    seen,
    requests: {
      echo: method(z.looseObject({ text: z.string().optional() }), (params) => params),
      parts: method(
        z.object({ list: z.array(z.union([z.string(), z.object({ type: z.literal('text'), text: z.string() })])) }),
        () => null,
      ),
      nothing: method(z.object(), () => undefined),
      sum: method(z.object({ items: z.string() }), ({ items }) => items.length),
      fail: method(
        z.object({ kind: z.string(), message: z.string(), detail: z.looseObject({}).optional() }),
        ({ kind, message, detail }) => {
          throw new Failure(kind as ErrorKind, message, detail);
        },
      ),
      boom: method(z.object(), () => {
        throw new TypeError('Headers.append: "Bearer sk-secret" is an invalid header value.', { cause: new Error('deep `sk-secret`') });
      }),
      throwText: method(z.object(), () => {
        const text: unknown = 'sk-secret';
        throw text;
      }),
      notJson: method(z.object(), () => 1n),
      /** Ends only by an abort, as an error. */
      wait: method(z.object(), async (_, { id, signal }) => {
        seen.push(`wait ${JSON.stringify(id)} ${signal.aborted ? 'aborted' : 'running'}`);
        await aborted(signal);
        seen.push(`wait ${JSON.stringify(id)} over`);
        throw signal.reason;
      }),
      /** Ends only by an abort, as a result. */
      waitForResult: method(z.object(), async (_, { signal }) => {
        const before = signal.aborted;
        await aborted(signal);
        return { stopReason: 'cancelled', abortedBeforeStart: before, reason: (signal.reason as Error).name };
      }),
      /** Ends by an abort, as whatever a library throws then. */
      waitForMess: method(z.object(), async (_, { signal }) => {
        await aborted(signal);
        throw new TypeError('terminated');
      }),
      hold: method(z.object({ name: z.string() }), ({ name }) => new Promise((resolve) => held.set(name, () => resolve(name)))),
      emit: method(
        z.object({ count: z.number(), bytes: z.number().default(0), awaited: z.boolean().default(true) }),
        async ({ count, bytes, awaited }, { peer, signal }) => {
          const text = 'x'.repeat(bytes);
          let most = 0;
          for (let number = 0; number < count && !signal.aborted; number += 1) {
            const accepted = peer.notify('tick', { number, text });
            if (awaited) await accepted;
            most = Math.max(most, peer.backlogBytes);
          }
          return { most };
        },
      ),
      ask: method(z.object({ method: z.string(), params: z.looseObject({}).optional() }), async (params, { peer, signal }) => {
        try {
          return { answer: await peer.request(params.method, params.params ?? {}, signal) };
        } catch (error) {
          const { name, code, data, kind } = error as { name: string; code?: number; data?: unknown; kind?: string };
          seen.push(`ask ${name}${kind === undefined ? '' : ` ${kind}`}`);
          return { failed: name, code, data, kind };
        }
      }),
    },
    notifications: {
      note: { params: z.object({ text: z.string() }), handle: ({ text }) => void seen.push(`note ${text}`) },
      release: { params: z.object({ name: z.string() }), handle: ({ name }) => held.get(name)?.() },
      crash: {
        params: z.object(),
        handle: () => {
          throw new Error('crashed "sk-secret"');
        },
      },
    },
  };
}

function method<Schema extends z.ZodType>(params: Schema, handle: (params: z.output<Schema>, context: RequestContext) => unknown) {
  return { params, handle };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
