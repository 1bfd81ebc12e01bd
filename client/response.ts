import { randomUUID } from 'node:crypto';
import type { Cost, Delta, DeltaParams, Json, PromptResult, Usage } from '../protocol/index.ts';
import { createArrival } from './arrival.ts';
import { runCallback } from './callbacks.ts';
import { LLMError, messageOf, withPartial, type LLMErrorKind } from './errors.ts';

/** How a prompt ended. Only `ok` is a complete answer. */
export type Done =
  | { readonly outcome: 'ok'; readonly result: PromptResult }
  | { readonly outcome: 'cancelled' | 'interrupted' | 'error'; readonly error: LLMError; readonly result?: PromptResult | undefined };

/** Sends the prompt and waits for its answer; gives the deltas that come before it to `receive`. */
export type Send = (stream: { promptId: string; signal: AbortSignal; receive: (params: DeltaParams) => void }) => Promise<PromptResult>;

export type Parse<Parsed> = (answer: Json) => Parsed | Promise<Parsed>;

/**
 * The answer to a prompt, while it is written and after. It keeps what has arrived, so it can be read in every way, in any
 * order and any number of times; and it goes on whether somebody reads or not. Leaving a loop early does not stop it:
 * `cancel()` does, and `await using`.
 *
 * An answer that was cancelled or interrupted is not an answer: `text()`, `json()` and both iterations fail with an
 * `LLMError` that has what had arrived as `partial`. `result()`, `usage()` and `cost()` tell what it was and what it cost.
 * @example
 * for await (const text of model.prompt('Tell me a story')) process.stdout.write(text);
 * @example
 * const response = model.prompt('What is a sidecar?');
 * console.log(await response.text(), await response.usage());
 */
export class Response<Parsed = Json> implements AsyncIterable<string>, AsyncDisposable {
  /** Chosen by this client; what the deltas, the report of a group and the sidecar's history call this prompt. */
  readonly promptId: string = randomUUID();
  readonly #arrival = createArrival();
  readonly #abort = new AbortController();
  readonly #parse: Parse<Parsed>;
  readonly #done: Promise<Done>;

  /** @internal Made by `prompt()` of a model, conversation or group. */
  constructor(send: Send, parse: Parse<Parsed>, signal?: AbortSignal) {
    this.#parse = parse;
    this.#done = this.#run(send, signal === undefined ? this.#abort.signal : AbortSignal.any([signal, this.#abort.signal]));
  }

  /** The whole text. */
  async text(): Promise<string> {
    await this.#complete();
    return this.#arrival.text();
  }

  /** The answer, parsed as JSON; with a `schema` of a validation library, validated and typed by it. */
  async json(): Promise<Parsed> {
    const { parsed, stopReason } = await this.#complete();
    try {
      return await this.#parse(parsed === undefined ? (JSON.parse(this.#arrival.text()) as Json) : parsed);
    } catch (cause) {
      const message = `The answer is not the JSON that was asked for (it ended by "${stopReason}"): ${messageOf(cause)}`;
      throw new LLMError('invalidJson', message, { cause, partial: this.#arrival.partial() });
    }
  }

  /** What the sidecar answered, also when the prompt was cancelled or interrupted: look at `stopReason`. */
  async result(): Promise<PromptResult> {
    const done = await this.#done;
    if (done.result === undefined) throw (done as { error: LLMError }).error;
    return done.result;
  }

  /** Tokens of all steps; a member is null where the provider was silent. */
  async usage(): Promise<Usage> {
    return (await this.result()).usage;
  }

  /** What it cost, in exact decimal US dollars; `usd` is null where the price is unknown. */
  async cost(): Promise<Cost> {
    return (await this.result()).cost;
  }

  /**
   * The text as it is written. What it yields, joined, is `text()`: should a retry or a fallback take back text that this
   * iteration has handed out, it fails with `textDiscarded`. `events()` shows such resets.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    const arrival = this.#arrival;
    const handedOut = new Set<number>();
    for (let index = 0; index < arrival.count || (await arrival.grown(index)); index += 1) {
      const delta = arrival.delta(index);
      if (delta.type === 'text') {
        // Text that was taken back before it was reached is left out.
        if (arrival.isTakenBack(index)) continue;
        handedOut.add(delta.part);
        yield delta.text;
      } else if (delta.type === 'reset' && [...handedOut].some((part) => part >= delta.fromPart)) {
        const message = `Text that was handed out was taken back (${delta.reason}). Iterate events() to see that, or await text().`;
        throw new LLMError('textDiscarded', message, { partial: this.#arrival.partial() });
      }
    }
    await this.#complete();
  }

  /** Everything as it happens: text, reasoning, tool calls and their results, usage, resets. Ignore types you do not know. */
  async *events(): AsyncGenerator<Delta, void, undefined> {
    const arrival = this.#arrival;
    for (let index = 0; index < arrival.count || (await arrival.grown(index)); index += 1) yield arrival.delta(index);
    await this.#complete();
  }

  /** Stops the prompt; resolves when it has ended. Does nothing if it has already. */
  async cancel(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  /** Calls `callback` once when the prompt has ended, however it did; soon, if it already has. What it throws becomes a warning. */
  onDone(callback: (done: Done) => unknown): this {
    runCallback(async () => callback(await this.#done));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  /** Never rejects: a failure is for those who ask for the answer. */
  async #run(send: Send, signal: AbortSignal): Promise<Done> {
    const arrival = this.#arrival;
    try {
      const sent = send({ promptId: this.promptId, signal, receive: arrival.receive });
      return this.#judge(arrival.check(await Promise.race([sent, arrival.violated])));
    } catch (error) {
      this.#abort.abort();
      const failure = this.#failureOf(error, signal);
      return { outcome: failure.kind === 'cancelled' ? 'cancelled' : 'error', error: failure };
    } finally {
      arrival.end();
    }
  }

  #judge(result: PromptResult): Done {
    const ended = notWhole[result.stopReason];
    if (ended === undefined) return { outcome: 'ok', result };
    const [outcome, kind, message] = ended;
    const partial = { ...this.#arrival.partial(), usage: result.usage, cost: result.cost };
    const code = outcome === 'cancelled' ? cancelledCode : undefined;
    return { outcome, result, error: new LLMError(kind, message, { code, partial }) };
  }

  #failureOf(error: unknown, signal: AbortSignal): LLMError {
    const partial = this.#arrival.partial();
    if (error instanceof LLMError) return withPartial(error, partial);
    if (signal.aborted && error === signal.reason)
      return new LLMError('cancelled', 'The prompt was cancelled before it was sent.', { code: cancelledCode, cause: error, partial });
    return new LLMError('internalError', `The prompt failed in the client: ${messageOf(error)}`, { cause: error, partial });
  }

  async #complete(): Promise<PromptResult> {
    const done = await this.#done;
    if (done.outcome !== 'ok') throw done.error;
    return done.result;
  }
}

const cancelledCode = -32_800;

/** Ends of a prompt that are no answer. */
const notWhole: Record<string, [outcome: Exclude<Done['outcome'], 'ok'>, kind: LLMErrorKind, message: string] | undefined> = {
  cancelled: ['cancelled', 'cancelled', 'The prompt was cancelled.'],
  interrupted: ['interrupted', 'interrupted', 'The provider broke off in the middle of the answer. Prompt again.'],
  stepLimit: [
    'error',
    'stepLimit',
    'The model wants to call tools once more than `maxSteps` allows. Allow more steps, or resume the chain.',
  ],
};
