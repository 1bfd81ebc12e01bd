import type { WireError } from '../../protocol/index.ts';
import type * as z from 'zod';
import { Failure } from '../lib/failure.ts';
import type { Log } from '../lib/log.ts';
import type { Redact } from '../lib/redactFailure.ts';
import { printable, type Params } from './envelope.ts';
import { abortFailure, invalidParams, toWireError } from './errors.ts';
import type { InFlight } from './inFlight.ts';
import type { Peer } from './peer.ts';
import type { Table } from './table.ts';

export interface DispatcherParts {
  readonly table: Table;
  readonly peer: Peer;
  readonly log: Log;
  readonly redact: Redact | undefined;
  admit(method: string): Failure | null;
}

/** What is answered. */
export type Reply = { readonly result: unknown } | { readonly error: WireError };

/** Finds handlers and runs them on checked params. Neither function rejects. */
export interface Dispatcher {
  request(method: string, params: Params, request: InFlight): Promise<Reply>;
  notification(method: string, params: Params, signal: AbortSignal): Promise<void>;
}

export function createDispatcher({ table, peer, log, redact, admit }: DispatcherParts): Dispatcher {
  return {
    async request(method, params, request) {
      try {
        const refusal = admit(method);
        if (refusal !== null) throw refusal;
        const handler = own(table.requests, method);
        if (handler === undefined) throw methodNotFound(method, table);
        const checked = handler.plain?.(params) ?? parse(method, handler.params, params);
        const result = await handler.handle(checked, { id: request.id, signal: request.signal, peer });
        return { result: result ?? null };
      } catch (error) {
        const aborted = request.signal.aborted && !(error instanceof Failure);
        return { error: toWireError(aborted ? abortFailure(request.abortKind) : error, { log, redact }) };
      }
    },
    async notification(method, params, signal) {
      const handler = own(table.notifications, method);
      if (handler === undefined) return;
      try {
        await handler.handle(parse(method, handler.params, params), { signal, peer });
      } catch (error) {
        if (!signal.aborted) log(`ignored: ${method}: ${toWireError(error, { log, redact }).message}`);
      }
    },
  };
}

function methodNotFound(method: string, table: Table): Failure {
  return new Failure('methodNotFound', `There is no method "${printable(method)}". Known: ${Object.keys(table.requests).join(', ')}.`);
}

function parse<Schema extends z.ZodType>(method: string, schema: Schema, params: Params): z.output<Schema> {
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw invalidParams(method, readIssues(parsed.error.issues));
  return parsed.data;
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

const maxIssues = 20;

function readIssues(issues: readonly z.core.$ZodIssue[]): { path: string; message: string }[] {
  return issues.slice(0, maxIssues).map((issue) => {
    const { path, message } = deepest(issue);
    return { path: path.map(String).join('.'), message };
  });
}

/** Of a union, the complaint of the branch that got furthest: "expected string" inside it beats "no branch fits". */
function deepest(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union') return { path: issue.path, message: issue.message };
  const inner = issue.errors.map((branch) => branch.map(deepest)).filter((branch) => branch.every(({ path }) => path.length > 0));
  const best = inner
    .flat()
    .reduce<{ path: PropertyKey[]; message: string } | null>(
      (found, next) => (found === null || next.path.length > found.path.length ? next : found),
      null,
    );
  return best === null ? { path: issue.path, message: issue.message } : { path: [...issue.path, ...best.path], message: best.message };
}
