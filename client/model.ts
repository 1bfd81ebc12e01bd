import type { Actor, Json, JsonObject, PromptParams, PromptResult } from '../protocol/index.ts';
import type { Connection } from './connection.ts';
import { Conversation, type ConversationOptions } from './conversation.ts';
import { Response, type Send } from './response.ts';
import { readSchema, type LibrarySchema } from './schema.ts';
import { unlessAborted } from './timing.ts';
import type { Unsent } from './unsent.ts';

/** On whose behalf and for what: decides about the models, the keys and the budget, and reaches every hook. */
export interface Scope {
  purpose?: string | undefined;
  actor?: Actor | undefined;
}

/** What may go with a prompt. All optional. */
export interface PromptOptions<Parsed = Json> extends Pick<
  PromptParams,
  'system' | 'attachments' | 'options' | 'tools' | 'toolChoice' | 'messages' | 'timeoutMs' | 'metadata'
> {
  /**
   * What the answer must look like: a JSON Schema, or a zod schema, which also types `json()`.
   * @example
   * const dog = await model.prompt('Invent a dog', { schema: z.object({ name: z.string(), age: z.int() }) }).json();
   */
  schema?: JsonObject | LibrarySchema<Parsed> | undefined;
  /** Cancels the prompt, as `response.cancel()` does. `AbortSignal.timeout(ms)` limits the time. */
  signal?: AbortSignal | undefined;
  /** Wait at least this long between two deltas, for fewer, larger ones. Milliseconds, default 0. */
  intervalMs?: number | undefined;
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
    return promptWith(this.#bound, prompt, options);
  }

  /** A conversation: each turn knows the ones before. */
  conversation(options: ConversationOptions = {}): Conversation {
    return new Conversation((prompt, turn, prepare) => promptWith(this.#bound, prompt, turn, prepare), options);
  }
}

/** A way to the sidecar, and what every prompt that goes it carries. */
export interface Bound {
  readonly connect: () => Promise<Connection>;
  readonly unsent: Unsent;
  readonly target: Scope & Pick<PromptParams, 'model' | 'groupId'>;
}

/** May hold a prompt back, and change what is sent. */
export type Prepare = (params: PromptParams, signal: AbortSignal) => Promise<PromptParams>;

function promptWith<Parsed>(bound: Bound, prompt: string | undefined, options: PromptOptions<Parsed>, prepare?: Prepare): Response<Parsed> {
  const { signal, schema: wanted, intervalMs, ...rest } = options;
  const { schema, parse } = readSchema(wanted);
  const send: Send = async (stream) => {
    const params: PromptParams = { ...rest, ...bound.target, prompt, schema, promptId: stream.promptId, stream: { window, intervalMs } };
    const connecting = unlessAborted(bound.connect(), stream.signal);
    const preparing = Promise.all([connecting, prepare === undefined ? params : prepare(params, stream.signal)]);
    bound.unsent.add(preparing);
    return sendPrompt(...(await preparing), stream);
  };
  return new Response(send, parse, signal);
}

const window = 32;

/** Acknowledges what was taken in, half a window at a time, so that the sidecar never waits for a host that keeps up. */
async function sendPrompt(
  connection: Connection,
  params: PromptParams,
  { promptId, signal, receive }: Parameters<Send>[0],
): Promise<PromptResult> {
  signal.throwIfAborted();
  const stopListening = connection.listen(promptId, (delta) => {
    receive(delta);
    if ((delta.seq + 1) % (window / 2) === 0) connection.notify('llm/ack', { promptId, seq: delta.seq });
  });
  try {
    return await connection.request('llm/prompt', params, signal);
  } finally {
    stopListening();
  }
}
