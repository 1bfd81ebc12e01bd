import type { Actor, ContentPart, Json, JsonObject, ParsedParamsOf, ResultOf, serverRequests, ToolSpec } from '../protocol/index.ts';
import { messageOf } from './errors.ts';
import { readSchema, type LibrarySchema } from './schema.ts';

/**
 * A function that the model may call.
 * @example
 * const add = {
 *   description: 'Adds two numbers.',
 *   parameters: z.object({ a: z.number(), b: z.number() }),
 *   execute: ({ a, b }) => a + b,
 * };
 */
export interface Tool<Args = unknown> {
  readonly description?: string | undefined;
  /**
   * A zod schema, by which the arguments are checked and typed; or a JSON Schema, by which the model writes them and nobody
   * checks them. Default: no arguments.
   */
  readonly parameters?: LibrarySchema<Args> | JsonObject | undefined;
  /** What it gives goes to the model: text, content parts, or anything else as JSON. What it throws, too, as a failure. */
  readonly execute: (args: Args, context: ToolContext) => unknown;
}

/** By name. */
export type Tools<Args> = { readonly [Name in keyof Args]: Tool<Args[Name]> };

export interface ToolContext {
  readonly toolCallId: string;
  readonly promptId: string;
  /** Which response of the chain has asked, from 0. */
  readonly step: number;
  /** The id of the group. */
  readonly group?: string | undefined;
  /** On whose behalf. */
  readonly actor?: Actor | undefined;
  /** Aborted when the prompt is cancelled or the tool has had its time. */
  readonly signal: AbortSignal;
  /** The call had paused, and the chain was resumed without a result for it. */
  readonly resumed: boolean;
  /** Leaves the call open and ends the chain, for somebody to decide: `chain.paused()`, `chain.resume()`. Throws, to end the tool. */
  pause(): never;
}

export type ToolCallParams = ParsedParamsOf<(typeof serverRequests)['tool/call']>;
export type ToolCallResult = ResultOf<(typeof serverRequests)['tool/call']>;

/** The tools of one chain, ready to be called. */
export interface ToolSet {
  readonly specs: ToolSpec[];
  /** Never rejects: a failure is for the model. */
  call(params: ToolCallParams, signal: AbortSignal): Promise<ToolCallResult>;
}

/** `resumed` are calls that had paused before. */
export function createToolSet(tools: Readonly<Record<string, Tool<never>>>, resumed: ReadonlySet<string> = new Set()): ToolSet {
  const known = new Map(Object.entries(tools).map(([name, tool]) => [name, { tool, ...readSchema(tool.parameters) }]));
  return {
    specs: [...known].map(([name, { tool, schema }]) => ({
      name,
      ...(tool.description !== undefined && { description: tool.description }),
      inputSchema: schema ?? { type: 'object', properties: {} },
    })),
    call: async ({ name, args, promptId, toolCallId, step, actor, groupId: group }, signal) => {
      const found = known.get(name);
      if (found === undefined) return failed(`tool "${name}" does not exist`);
      const state = { paused: false };
      const context: ToolContext = {
        promptId,
        toolCallId,
        step,
        actor,
        group,
        signal,
        resumed: resumed.has(toolCallId),
        pause: () => {
          state.paused = true;
          throw new Error('paused');
        },
      };
      try {
        const parsed = await parseArgs(name, args, found.parse);
        const answer = await found.tool.execute(parsed as never, context);
        return state.paused ? paused : { content: toToolContent(answer) };
      } catch (error) {
        return state.paused ? paused : failed(messageOf(error));
      }
    },
  };
}

/** Ends the prompt at this call. */
export const paused: ToolCallResult = { content: '', pause: true };

/** What a tool gives, as it goes to the model. */
export function toToolContent(answer: unknown): string | ContentPart[] {
  if (typeof answer === 'string') return answer;
  if (Array.isArray(answer) && answer.length > 0 && answer.every(isPart)) return answer;
  return JSON.stringify(answer) ?? 'null';
}

function failed(message: string): ToolCallResult {
  return { content: `Error: ${message}`, isError: true };
}

async function parseArgs(name: string, args: Json, parse: (args: Json) => unknown): Promise<unknown> {
  try {
    return await parse(args);
  } catch (error) {
    throw new Error(`the arguments of "${name}" are not what it takes: ${messageOf(error)}`, { cause: error });
  }
}

function isPart(value: unknown): value is ContentPart {
  const { type, text } = (value ?? {}) as Record<string, unknown>;
  return type === 'text' ? typeof text === 'string' : type === 'attachment';
}
