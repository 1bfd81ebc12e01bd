import type { Actor, Json, JsonObject, PromptParams } from '../protocol/index.ts';
import { resumedOptions, startChain, type Chain } from './chain.ts';
import { Conversation, type ConversationOptions } from './conversation.ts';
import { Response } from './response.ts';
import type { LibrarySchema } from './schema.ts';
import type { Tools } from './tools.ts';
import { createTurn, type Bound } from './turn.ts';

/** On whose behalf and for what: decides about the models, the keys and the budget, and reaches every hook. */
export interface Scope {
  purpose?: string | undefined;
  actor?: Actor | undefined;
}

/** What may go with a prompt. All optional. */
export interface PromptOptions<Parsed = Json> extends Pick<
  PromptParams,
  'system' | 'attachments' | 'options' | 'tools' | 'toolChoice' | 'toolNames' | 'maxSteps' | 'messages' | 'timeoutMs' | 'metadata'
> {
  /**
   * What the answer must look like: a JSON Schema, a zod schema, which also types `json()`, or the short form
   * `name, age int, bio: one sentence`.
   * @example
   * const dog = await model.prompt('Invent a dog', { schema: z.object({ name: z.string(), age: z.int() }) }).json();
   */
  schema?: JsonObject | LibrarySchema<Parsed> | string | undefined;
  /** Cancels the prompt, as `response.cancel()` does. `AbortSignal.timeout(ms)` limits the time. */
  signal?: AbortSignal | undefined;
  /** Wait at least this long between two deltas, for fewer, larger ones. Milliseconds, default 0. */
  intervalMs?: number | undefined;
}

/** What may go with a chain: as with a prompt, and tools with the code that answers them. */
export interface ChainOptions<Parsed = Json, Args = {}> extends Omit<PromptOptions<Parsed>, 'tools'> {
  tools?: Tools<Args> | undefined;
}

/**
 * A model to prompt, with the purpose and the actor that all its prompts carry.
 * @example
 * const model = llm.model('gpt-5.4-mini', { purpose: 'chat', actor: { id: 'ann' } });
 * for await (const text of model.prompt('Hello')) process.stdout.write(text);
 */
export class Model {
  /** As it was asked for; undefined: the default of the purpose, decided when it is prompted. */
  readonly id: string | undefined;
  readonly #bound: Bound;

  /** @internal Made by `llm.model()` and `group.model()`. */
  constructor(bound: Bound) {
    this.id = bound.target.model;
    this.#bound = bound;
  }

  /** Sends a prompt at once. A failure is for those who ask the response. */
  prompt<Parsed = Json>(prompt: string | undefined, options: PromptOptions<Parsed> = {}): Response<Parsed> {
    const { send, parse, signal } = createTurn(this.#bound, prompt, options);
    return new Response(send, parse, signal);
  }

  /**
   * Prompts with tools: the model's calls are answered and it is asked again, until it needs nothing more or `maxSteps`
   * (10) responses were not enough.
   * @example
   * const chain = model.chain('What is 2 + 3?', { tools: { add } });
   * console.log(await chain.text());
   */
  chain<Parsed = Json, Args = {}>(prompt: string | undefined, options: ChainOptions<Parsed, Args> = {}): Chain<Parsed> {
    return this.#chain(prompt, options);
  }

  /** A conversation: each turn knows the ones before. */
  conversation(options: ConversationOptions = {}): Conversation {
    return new Conversation(this.#bound, options);
  }

  #chain<Parsed, Args>(prompt: string | undefined, options: ChainOptions<Parsed, Args>, resumed?: ReadonlySet<string>): Chain<Parsed> {
    return startChain(this.#bound, prompt, options, {
      resumed,
      resume: ({ messages, added, signal, ...rest }) =>
        this.#chain(undefined, { ...resumedOptions(options, signal), messages: [...messages, ...added] }, rest.resumed),
    });
  }
}
