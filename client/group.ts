import type { EmbedResult, GroupCloseResult, GroupOpenParams, GroupOpenResult, Json } from '../protocol/index.ts';
import type { Connection } from './connection.ts';
import type { Conversation, ConversationOptions } from './conversation.ts';
import type { Chain } from './chain.ts';
import { embedTexts, type EmbedOptions } from './embed.ts';
import { Model, type ChainOptions, type PromptOptions } from './model.ts';
import type { Response } from './response.ts';
import { settlesWithin } from './timing.ts';
import { createUnsent } from './unsent.ts';

/**
 * The model, purpose and actor of all prompts of a group; each may be left to the configuration. `reserveUsd`, such as "0.25": what
 * it holds of its budgets for them, instead of what the configuration says.
 */
export type GroupOptions = Pick<GroupOpenParams, 'model' | 'purpose' | 'actor' | 'reserveUsd' | 'metadata'>;

export interface GroupCloseOptions {
  /** `wait` (default): until every response is complete. `cancel`: stop them. */
  mode?: 'wait' | 'cancel' | undefined;
  /** After this, `wait` becomes `cancel`. Milliseconds. */
  timeoutMs?: number | undefined;
}

/**
 * Prompts that belong together: one model, purpose, actor and budget, one report. It prompts like a `Model`.
 * @example
 * await using group = await llm.openGroup({ purpose: 'enrichments' });
 * const answers = await Promise.all(rows.map((row) => group.prompt(`Classify: ${row}`).text()));
 * const report = await group.close(); // tokens and cost of each prompt, and of all
 */
export class Group implements AsyncDisposable {
  readonly id: string;
  /** What its prompts use; null: no default model is configured. */
  readonly modelId: string | null;
  readonly #connection: Connection;
  readonly #unsent = createUnsent();
  readonly #model: Model;

  /** @internal Made by `llm.openGroup()` and `llm.group()`. */
  constructor(connection: Connection, opened: GroupOpenResult) {
    this.id = opened.groupId;
    this.modelId = opened.model;
    this.#connection = connection;
    this.#model = this.model();
  }

  /** As `model.prompt()`, within the group. */
  prompt<Parsed = Json>(prompt: string | undefined, options?: PromptOptions<Parsed>): Response<Parsed> {
    return this.#model.prompt(prompt, options);
  }

  /** As `model.chain()`, within the group. */
  chain<Parsed = Json, Args = {}>(prompt: string | undefined, options?: ChainOptions<Parsed, Args>): Chain<Parsed> {
    return this.#model.chain(prompt, options);
  }

  /** As `model.conversation()`, within the group. */
  conversation(options?: ConversationOptions): Conversation {
    return this.#model.conversation(options);
  }

  /** As `llm.embed()`, within the group. */
  async embed(texts: readonly string[], options: EmbedOptions & { model?: string | undefined } = {}): Promise<EmbedResult> {
    return embedTexts(this.#connection, texts, { ...options, groupId: this.id });
  }

  /** Another model, within the group. */
  model(modelId?: string): Model {
    return new Model({ connect: async () => this.#connection, unsent: this.#unsent, target: { model: modelId, groupId: this.id } });
  }

  /**
   * Waits for the prompts that were made, or cancels them, refuses new ones, and reports each one's status, usage and cost. A second
   * call gives the same report.
   */
  async close(options: GroupCloseOptions = {}): Promise<GroupCloseResult> {
    const unsent = this.#unsent.settled();
    if (options.mode !== 'cancel') await (options.timeoutMs === undefined ? unsent : settlesWithin(unsent, options.timeoutMs));
    return this.#connection.request('llm/groupClose', { groupId: this.id, ...options });
  }

  /** Waits for what runs. After an error of yours it should be cancelled instead: `llm.group()` does that. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
