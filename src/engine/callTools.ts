import type { ContentPart } from '../../protocol/index.ts';
import type { AnswerTool, ToolCall, ToolOutcome } from './ports.ts';
import type { ToolCallPart, ToolResultPart } from './toolMessages.ts';

/** The tools of a prompt by name, each with who answers it; undefined: only the caller knows, by `messages`. */
export type Answers = ReadonlyMap<string, AnswerTool | undefined>;

export interface CallToolsOptions {
  readonly scope: Omit<ToolCall, 'toolCallId' | 'name' | 'args'>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Makes of what a tool answered what the model can take. */
  readonly read: (content: string | ContentPart[]) => Promise<ContentPart[]>;
  /** Hears each result as it comes. */
  readonly done: (result: ToolResultPart) => void;
}

export interface CalledTools {
  /** In the order of the calls. Those that paused, and those that an abort left without an answer, have none. */
  readonly results: readonly ToolResultPart[];
  readonly paused: boolean;
}

/** How long a tool may take to answer after its call was cancelled. protocol 5. */
const cancelGraceMs = 1000;

/** Whether every call can be answered here. One of a tool that does not exist can: with an error. */
export function canAnswer(calls: readonly ToolCallPart[], answers: Answers, hostAnswers: boolean): boolean {
  const some = hostAnswers || [...answers.values()].some((answer) => answer !== undefined);
  return calls.every(({ name }) => (answers.has(name) ? answers.get(name) !== undefined : some));
}

/**
 * Calls the tools of one step in parallel. A tool that fails, is slow or does not exist goes to the model as an error
 * result. After an abort it resolves within a second, with the results that came. behaviour 5.5.
 */
export async function callTools(calls: readonly ToolCallPart[], answers: Answers, options: CallToolsOptions): Promise<CalledTools> {
  const outcomes = await Promise.all(
    calls.map(async ({ toolCallId, name, args }) => {
      const outcome = await answerOne({ ...options.scope, toolCallId, name, args }, answers.get(name), options);
      if (outcome === 'stopped' || outcome.pause === true) return outcome;
      const { content, isError } = outcome;
      const result: ToolResultPart = { type: 'toolResult', toolCallId, name, content, ...(isError === true ? { isError } : {}) };
      options.done(result);
      return result;
    }),
  );
  const results = outcomes.filter((outcome): outcome is ToolResultPart => typeof outcome === 'object' && 'type' in outcome);
  return { results, paused: outcomes.some((outcome) => typeof outcome === 'object' && 'pause' in outcome) };
}

type ReadOutcome = { content: ContentPart[]; isError?: boolean | undefined; pause?: undefined } | { pause: true };

/** `stopped`: the prompt was aborted and no answer came in time. */
async function answerOne(call: ToolCall, answer: AnswerTool | undefined, options: CallToolsOptions): Promise<ReadOutcome | 'stopped'> {
  const { signal, timeoutMs, read } = options;
  if (answer === undefined) return failed(`tool "${call.name}" does not exist`);
  if (signal.aborted) return 'stopped';
  const stop = new AbortController();
  const over = Promise.withResolvers<'late' | 'stopped'>();
  const late = setTimeout(() => {
    over.resolve('late');
    stop.abort();
  }, timeoutMs);
  let grace: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    grace = setTimeout(() => over.resolve('stopped'), cancelGraceMs);
    stop.abort();
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const outcome = await Promise.race([answer(call, stop.signal), over.promise]);
    if (outcome === 'stopped') return outcome;
    if (outcome === 'late') return failed(`tool "${call.name}" did not answer within ${timeoutMs} ms`);
    if (!isOutcome(outcome)) return failed(`tool "${call.name}" answered with something that is not a tool result`);
    if (outcome.pause === true) return { pause: true };
    return { content: await read(outcome.content), isError: outcome.isError };
  } catch (error) {
    if (signal.aborted) return 'stopped';
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(late);
    clearTimeout(grace);
    signal.removeEventListener('abort', cancel);
  }
}

/** Plugins are not always written in TypeScript. */
function isOutcome(outcome: Partial<ToolOutcome> | null | undefined): outcome is ToolOutcome {
  return outcome?.pause === true || typeof outcome?.content === 'string' || Array.isArray(outcome?.content);
}

function failed(message: string): ReadOutcome {
  return { content: [{ type: 'text', text: `Error: ${message}` }], isError: true };
}
