import type { ContentPart, Json, Message } from '../protocol/index.ts';
import { chainResponses, type ChainResponse } from './chainResponses.ts';
import { LLMError, messageOf } from './errors.ts';
import type { ChainOptions } from './model.ts';
import { Response } from './response.ts';
import { createToolSet, toToolContent, type Tool } from './tools.ts';
import { createTurn, type Bound, type Prepare } from './turn.ts';

type ToolCall = Extract<ContentPart, { type: 'toolCall' }>;

/** A call that waits for a decision. */
export type OpenCall = Pick<ToolCall, 'toolCallId' | 'name' | 'args'>;

/** What a chain goes on with: what was said, results for open calls, and those that are to be called again. */
export interface Resumption {
  readonly messages: readonly Message[];
  readonly added: readonly Message[];
  readonly resumed: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

export type Resume<Parsed> = (resumption: Resumption) => Chain<Parsed>;

/**
 * The answer to a prompt with tools: several responses of the model, with the results of its calls between them. It reads like
 * a `Response`, which then is all of them together.
 * @example
 * const chain = model.chain('What is 2 + 3?', { tools: { add } });
 * for await (const response of chain.responses()) console.log(await response.text(), await response.toolCalls());
 */
export class Chain<Parsed = Json> extends Response<Parsed> {
  readonly #resume: Resume<Parsed>;

  /** @internal Made by `chain()` of a model, conversation or group. */
  constructor(...[turn, resume]: [turn: ConstructorParameters<typeof Response<Parsed>>, resume: Resume<Parsed>]) {
    super(...turn);
    this.#resume = resume;
  }

  /** Each response of the model, as it begins. */
  responses(): AsyncGenerator<ChainResponse, void, undefined> {
    return chainResponses({ events: () => this.events(), result: () => this.result() });
  }

  /** The calls that a tool has left open by `pause()`; none: the chain did not pause. */
  async paused(): Promise<OpenCall[]> {
    const { stopReason, messages = [] } = await this.result();
    return stopReason === 'paused' ? openCalls(messages) : [];
  }

  /**
   * Goes on after a pause or the limit of steps. `results` are for open calls, by their ids, and may be what a tool may give; an
   * `Error` tells the model of a failure or refusal. Open calls without one are made again, with `resumed` in their context.
   * @example
   * for (const call of await chain.paused()) {
   *   const done = await chain.resume(confirm(call) ? {} : { [call.toolCallId]: new Error('the user said no') });
   *   console.log(await done.text());
   * }
   */
  async resume(
    results: Readonly<Record<string, unknown>> = {},
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<Chain<Parsed>> {
    const { messages = [] } = await this.result();
    const open = openCalls(messages);
    const unknown = Object.keys(results).find((id) => !open.some(({ toolCallId }) => toolCallId === id));
    if (open.length === 0) throw new LLMError('invalidParams', 'Every call of this chain has its result: there is nothing to resume.');
    if (unknown !== undefined)
      throw new LLMError('invalidParams', `No call "${unknown}" is open. Open: ${open.map(({ toolCallId }) => toolCallId).join(', ')}.`);
    const given = open.filter(({ toolCallId }) => Object.hasOwn(results, toolCallId));
    const content = given.map((call) => toResult(call, results[call.toolCallId]));
    return this.#resume({
      messages,
      added: content.length === 0 ? [] : [{ role: 'tool', content }],
      resumed: new Set(open.filter((call) => !given.includes(call)).map(({ toolCallId }) => toolCallId)),
      signal: options.signal,
    });
  }
}

/** `resumed` are calls that had paused before. */
export function startChain<Parsed, Args>(
  bound: Bound,
  prompt: string | undefined,
  { tools, ...options }: ChainOptions<Parsed, Args>,
  extras: { prepare?: Prepare | undefined; resumed?: ReadonlySet<string> | undefined; resume: Resume<Parsed> },
): Chain<Parsed> {
  const toolSet = createToolSet((tools ?? {}) as Record<string, Tool<never>>, extras.resumed);
  const { send, parse, signal } = createTurn(bound, prompt, options, { prepare: extras.prepare, tools: toolSet });
  return new Chain([send, parse, signal], extras.resume);
}

/** What of a chain's options also holds when it goes on. */
export function resumedOptions<Parsed, Args>(
  options: ChainOptions<Parsed, Args>,
  signal: AbortSignal | undefined,
): ChainOptions<Parsed, Args> {
  const { system: _, attachments: __, messages: ___, toolChoice, ...rest } = options;
  return { ...rest, signal, ...(toolChoice === 'none' && { toolChoice }) };
}

/** The calls of the last response that have no result yet. */
function openCalls(messages: readonly Message[]): OpenCall[] {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const answered = messages.slice(last + 1).flatMap((message) => partsOf(message, 'toolResult'));
  const calls = last < 0 ? [] : messages.slice(last, last + 1).flatMap((message) => partsOf(message, 'toolCall'));
  return calls
    .filter(({ toolCallId }) => !answered.some((result) => result.toolCallId === toolCallId))
    .map(({ toolCallId, name, args }) => ({ toolCallId, name, args }));
}

function partsOf<Type extends 'toolCall' | 'toolResult'>({ content }: Message, type: Type): Extract<ContentPart, { type: Type }>[] {
  if (typeof content === 'string') return [];
  return content.filter((part): part is Extract<ContentPart, { type: Type }> => part.type === type);
}

function toResult({ toolCallId, name }: OpenCall, answer: unknown): ContentPart {
  const content = answer instanceof Error ? `Error: ${messageOf(answer)}` : toToolContent(answer);
  return {
    type: 'toolResult',
    toolCallId,
    name,
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    ...(answer instanceof Error && { isError: true }),
  };
}
