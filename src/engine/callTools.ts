import type { ContentPart, Message } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import type { AnswerTool, ToolCall, ToolOutcome } from './ports.ts';

export type ToolCallPart = Extract<ContentPart, { type: 'toolCall' }>;
export type ToolResultPart = Extract<ContentPart, { type: 'toolResult' }>;

/** The tools of a prompt by name, each with who answers it; undefined: only the caller knows, by `messages`. */
export type Answers = ReadonlyMap<string, AnswerTool | undefined>;

export interface CalledTools {
  /** In the order of the calls; those that paused have none. */
  readonly results: readonly ToolResultPart[];
  readonly paused: boolean;
}

/** Whether every call can be answered here. One of a tool that does not exist can: with an error. */
export function canAnswer(calls: readonly ToolCallPart[], answers: Answers, hostAnswers: boolean): boolean {
  return calls.every(({ name }) => (answers.has(name) ? answers.get(name) !== undefined : hostAnswers || [...answers.values()].some((answer) => answer !== undefined)));
}

/**
 * Calls the tools of one step in parallel. A tool that fails, is slow or does not exist goes to the model as an error
 * result; `done` hears each result as it comes. behaviour 5.5.
 */
export async function callTools(
  calls: readonly ToolCallPart[],
  answers: Answers,
  around: { readonly scope: Omit<ToolCall, 'toolCallId' | 'name' | 'args'>; readonly signal: AbortSignal; readonly timeoutMs: number; done(result: ToolResultPart): void },
): Promise<CalledTools> {
  const outcomes = await Promise.all(
    calls.map(async ({ toolCallId, name, args }) => {
      const outcome = await answerOne({ ...around.scope, toolCallId, name, args }, answers.get(name), around);
      if (outcome.pause) return null;
      const result: ToolResultPart = { type: 'toolResult', toolCallId, name, content: toContent(outcome.content), ...(outcome.isError ? { isError: true } : {}) };
      around.done(result);
      return result;
    }),
  );
  return { results: outcomes.filter((result) => result !== null), paused: outcomes.includes(null) };
}

/** The calls of the last assistant turn that have no result yet: a chain that paused goes on with these. */
export function unansweredCalls(messages: readonly Message[]): ToolCallPart[] {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const after = messages.slice(last + 1);
  if (last < 0 || after.some(({ role }) => role !== 'tool')) return [];
  const answered = new Set(after.flatMap(partsOf).flatMap((part) => (part.type === 'toolResult' ? [part.toolCallId] : [])));
  return toolCallsOf(partsOf(messages[last] as Message)).filter(({ toolCallId }) => !answered.has(toolCallId));
}

export function toolCallsOf(content: readonly ContentPart[]): ToolCallPart[] {
  return content.filter((part): part is ToolCallPart => part.type === 'toolCall');
}

async function answerOne(call: ToolCall, answer: AnswerTool | undefined, { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number }): Promise<ToolOutcome> {
  if (answer === undefined) return { content: `Error: tool "${call.name}" does not exist`, isError: true };
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const abort = (): void => late.abort();
  signal.addEventListener('abort', abort, { once: true });
  const stopped = new Promise<never>((_, reject) => late.signal.addEventListener('abort', () => reject(late.signal.reason), { once: true }));
  try {
    signal.throwIfAborted();
    return await Promise.race([answer(call, late.signal), stopped]);
  } catch (error) {
    signal.throwIfAborted();
    if (late.signal.aborted) return { content: `Error: tool "${call.name}" did not answer within ${timeoutMs} ms`, isError: true };
    return { content: `Error: ${error instanceof Failure || error instanceof Error ? error.message : String(error)}`, isError: true };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    stopped.catch(() => {});
  }
}

function partsOf({ content }: Message): ContentPart[] {
  return typeof content === 'string' ? [] : content;
}

function toContent(content: string | ContentPart[]): ContentPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
