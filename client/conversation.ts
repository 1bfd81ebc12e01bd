import type { Json, Message, PromptParams, PromptResult } from '../protocol/index.ts';
import { resumedOptions, startChain, type Chain } from './chain.ts';
import { LLMError } from './errors.ts';
import type { ChainOptions, PromptOptions } from './model.ts';
import { Response } from './response.ts';
import { unlessAborted } from './timing.ts';
import { createTurn, type Bound, type Prepare } from './turn.ts';

export interface ConversationOptions {
  /**
   * The sidecar keeps what is said under this id, as long as it runs; every object with the id goes on where the last turn
   * ended. Without it this object keeps it.
   */
  id?: string | undefined;
  /** Go on from these. Not together with `id`. */
  messages?: readonly Message[] | undefined;
  /** For every turn that brings none of its own. */
  system?: string | undefined;
}

/**
 * Prompts that know what was said before. Turns are served one after another, in the order of the calls: a turn that is
 * begun early waits. A turn that failed, was cancelled or interrupted is not remembered.
 * @example
 * const conversation = model.conversation({ system: 'Answer in French.' });
 * await conversation.prompt('My name is Ann.').text();
 * console.log(await conversation.prompt('What is my name?').text());
 */
export class Conversation {
  /** Under which the sidecar keeps it; undefined: it does not. */
  readonly id: string | undefined;
  readonly #bound: Bound;
  #messages: readonly Message[];
  #system: string | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  /** @internal Made by `conversation()` of an LLM, model or group. */
  constructor(bound: Bound, options: ConversationOptions) {
    if (options.id !== undefined && options.messages !== undefined)
      throw new LLMError('invalidParams', 'A conversation with an id goes on from what the sidecar keeps: give id, or messages.');
    this.id = options.id;
    this.#bound = bound;
    this.#messages = options.messages ?? [];
    this.#system = options.system;
  }

  /**
   * What was said so far; hand it to `conversation({ messages })` to go on later. With an `id`: as of the last turn of this
   * object; `llm.readConversation(id)` asks the sidecar.
   */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /**
   * The next turn. `options.messages` go before it and after the history (results of tools that the model has called, with
   * `prompt` undefined); `options.system` also holds for the turns after it.
   */
  prompt<Parsed = Json>(prompt: string | undefined, options: PromptOptions<Parsed> = {}): Response<Parsed> {
    return this.#turn((prepare) => {
      const { send, parse, signal } = createTurn(this.#bound, prompt, options, { prepare });
      return new Response(send, parse, signal);
    });
  }

  /** The next turn, with tools: as `model.chain()`. Resume a chain that paused before the turn after it. */
  chain<Parsed = Json, Args = {}>(prompt: string | undefined, options: ChainOptions<Parsed, Args> = {}): Chain<Parsed> {
    return this.#chain(prompt, options);
  }

  #chain<Parsed, Args>(prompt: string | undefined, options: ChainOptions<Parsed, Args>, resumed?: ReadonlySet<string>): Chain<Parsed> {
    return this.#turn((prepare) =>
      startChain(this.#bound, prompt, options, {
        prepare,
        resumed,
        resume: ({ added, signal, ...rest }) =>
          this.#chain(undefined, { ...resumedOptions(options, signal), messages: [...added] }, rest.resumed),
      }),
    );
  }

  /** Sends what `make` makes when the turns before have ended, and remembers how it ended. */
  #turn<Made extends Response<unknown>>(make: (prepare: Prepare) => Made): Made {
    const before = this.#lastTurn;
    const turn: { sent?: PromptParams } = {};
    const response = make(async (params, signal) => {
      // The sidecar serves the turns of a conversation that it keeps in the order in which they come.
      if (this.id !== undefined) return (turn.sent = { ...params, system: params.system ?? this.#system, conversationId: this.id });
      await unlessAborted(before, signal);
      const messages = [...this.#messages, ...(params.messages ?? [])];
      return (turn.sent = { ...params, system: params.system ?? this.#system, messages });
    });
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#lastTurn = Promise.all([before, ended]);
    response.onDone((done) => {
      if (done.outcome === 'ok' && turn.sent !== undefined) this.#remember(turn.sent, done.result);
      end();
    });
    return response;
  }

  #remember(sent: PromptParams, result: PromptResult): void {
    this.#system = sent.system;
    this.#messages = withoutSystem(result.messages ?? written(sent, result), sent.messages);
  }
}

/** For a sidecar that leaves the messages out. */
function written({ messages = [], prompt }: PromptParams, { text = '' }: PromptResult): Message[] {
  return [...messages, ...(prompt === undefined ? [] : [{ role: 'user', content: prompt }]), { role: 'assistant', content: text }];
}

/** A system prompt that the sidecar put before what was sent travels beside the messages, so that it can be changed. */
function withoutSystem(messages: readonly Message[], sent: readonly Message[] = []): readonly Message[] {
  const [first, ...rest] = messages;
  return first?.role === 'system' && sent[0]?.role !== 'system' ? rest : messages;
}
