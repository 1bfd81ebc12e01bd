import type { ClientRequest, Diagnostic, EmbedResult, ExplainResult, ModelInfo, ModelsParams, PromptParams } from '../protocol/index.ts';
import { runCallback } from './callbacks.ts';
import { connect, type Connection, type ConnectOptions } from './connection.ts';
import type { Conversation, ConversationOptions } from './conversation.ts';
import { embedTexts, type EmbedOptions } from './embed.ts';
import { LLMError } from './errors.ts';
import { Group, type GroupOptions } from './group.ts';
import { createHookRegistry } from './hookRegistry.ts';
import { createHistory, createUsage, type History, type UsageReports } from './history.ts';
import type { Hooks } from './hooks.ts';
import type { RequestParams, RequestResult } from './link.ts';
import { Model, type Scope } from './model.ts';
import { registerHooks, type RegisteredHooks } from './registerHooks.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { settlesWithin } from './timing.ts';
import { createUnsent } from './unsent.ts';

export interface LLMOptions extends Omit<ConnectOptions, 'onNotification' | 'registry'> {
  /** Code of yours around every prompt. Several sets, of different authors, are all asked. */
  hooks?: Hooks | readonly Hooks[] | undefined;
}

/** What the sidecar tells without being asked. */
export interface LLMEvents {
  /** The models may have changed: ask `llm.models()` again. */
  modelsChanged: () => unknown;
  /** All problems of the configuration: once after the start, then after every change of the file. */
  diagnostics: (diagnostics: readonly Diagnostic[]) => unknown;
}

/**
 * A sidecar and everything it offers. It is started at the first call, and does not keep your program alive: a script that
 * is done ends, and the sidecar with it. Call `close()`, or use `await using`, where it should end earlier.
 * @example
 * const llm = new LLM();
 * const model = llm.model('echo');
 * for await (const text of model.prompt('Hello')) process.stdout.write(text);
 */
export class LLM implements AsyncDisposable {
  /** What was used and spent. */
  readonly usage: UsageReports = createUsage(async (method, params) => this.request(method, params));
  /** The responses of models, whoever asked for them. */
  readonly history: History = createHistory(async (method, params) => this.request(method, params));
  /**
   * The encrypted store of secrets: list, set, delete.
   * @example
   * await llm.secrets.set('OPENAI_API_KEY', key, { note: 'of the team' });
   */
  readonly secrets: Secrets = createSecrets(async (method, params) => this.request(method, params));
  readonly #options: LLMOptions;
  readonly #listeners: { [Event in keyof LLMEvents]: Set<LLMEvents[Event]> } = { modelsChanged: new Set(), diagnostics: new Set() };
  readonly #unsent = createUnsent();
  readonly #registry = createHookRegistry();
  #connection: Promise<Connection> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: LLMOptions = {}) {
    this.#options = options;
    this.#registry.add(options.hooks ?? []);
  }

  /** As `new LLM()`, but starts the sidecar now and fails if that fails. */
  static async start(options: LLMOptions = {}): Promise<LLM> {
    const llm = new LLM(options);
    await llm.#connect();
    return llm;
  }

  /** The models this actor may use for this purpose, the default first. */
  async models(options: Scope & Pick<ModelsParams, 'includeUnavailable'> = {}): Promise<ModelInfo[]> {
    return (await this.request('llm/models', options)).models;
  }

  /** A model to prompt, by id or alias; without one, the default of the purpose or of the configuration. Costs nothing yet. */
  model(modelId?: string, scope: Scope = {}): Model {
    return new Model({
      connect: () => this.#connect(),
      unsent: this.#unsent,
      target: { model: modelId, purpose: scope.purpose, actor: scope.actor },
    });
  }

  /**
   * Vectors of texts, in their order, and what they cost. Any number of texts: they are sent in as few requests as the provider allows.
   * @example
   * const { embeddings } = await llm.embed(['a pelican', 'a walrus'], { model: 'text-embedding-3-small' });
   */
  async embed(texts: readonly string[], options: EmbedOptions & Scope & { model?: string | undefined } = {}): Promise<EmbedResult> {
    return embedTexts(await this.#connect(), texts, options);
  }

  /**
   * A conversation that the sidecar keeps under this id: it goes on where it ended, or begins. Without a `model` it uses the one it
   * used last.
   * @example
   * const conversation = llm.conversation('chat-42');
   * console.log(await conversation.prompt('What did I say?').text());
   */
  conversation(
    id: string,
    { model, system, ...scope }: Scope & Pick<ConversationOptions, 'system'> & { model?: string | undefined } = {},
  ): Conversation {
    return this.model(model, scope).conversation({ id, system });
  }

  /** Those that the sidecar keeps, the one used last first. */
  async conversations(page: RequestParams<'conversation/list'> = {}): Promise<RequestResult<'conversation/list'>['conversations']> {
    return (await this.request('conversation/list', page)).conversations;
  }

  /** The messages of one, and the model it used last. */
  async readConversation(id: string): Promise<RequestResult<'conversation/read'>> {
    return this.request('conversation/read', { id });
  }

  /** Forgets one, after the turns that were begun before. */
  async deleteConversation(id: string): Promise<void> {
    await this.request('conversation/delete', { id });
  }

  /** Opens a group of prompts. Close it yourself, or with `await using`. */
  async openGroup(options: GroupOptions = {}): Promise<Group> {
    const connection = await this.#connect();
    return new Group(connection, await connection.request('llm/groupOpen', options));
  }

  /**
   * Runs `body` in a group, and closes that: waiting for its prompts when the body is done, cancelling them when it threw.
   * Gives back what the body gave, or throws what it threw.
   * @example
   * const titles = await llm.group({ purpose: 'enrichments' }, (group) =>
   *   Promise.all(texts.map((text) => group.prompt(`Give a title: ${text}`).text())));
   */
  async group<Value>(options: GroupOptions, body: (group: Group) => Value | Promise<Value>): Promise<Value> {
    const group = await this.openGroup(options);
    let value: Value;
    try {
      value = await body(group);
    } catch (error) {
      // A second failure must not hide the first.
      await group.close({ mode: 'cancel' }).catch(() => {});
      throw error;
    }
    await group.close();
    return value;
  }

  /** The purposes that plugins and the host registered, and those that are only configured. */
  async purposes(): Promise<RequestResult<'llm/purposes'>['purposes']> {
    return (await this.request('llm/purposes', {})).purposes;
  }

  /**
   * What a prompt would do, without doing it: the model and why, every verdict about it, where the key is from, the price, the
   * options in force.
   * @example
   * const { model, reason, failure } = await llm.explain({ purpose: 'chat' });
   */
  async explain(prompt: Omit<PromptParams, 'promptId' | 'stream' | 'omitContent'> = {}): Promise<ExplainResult> {
    return this.request('llm/explain', prompt);
  }

  /**
   * Hooks beside those of `new LLM({ hooks })`, for calls that start from now on.
   * @example
   * await using hooks = await llm.registerHooks({ groupExit: ({ cost }) => console.log(cost.usd) });
   */
  async registerHooks(hooks: Hooks | readonly Hooks[]): Promise<RegisteredHooks> {
    return registerHooks(await this.#connect(), this.#registry, hooks);
  }

  /** The problems of the configuration at this moment. */
  async configDiagnostics(): Promise<Diagnostic[]> {
    return (await this.request('config/read', {})).diagnostics;
  }

  /** Calls `listener` at every such event until the returned function is called. Does not start the sidecar. */
  on<Event extends keyof LLMEvents>(event: Event, listener: LLMEvents[Event]): () => void {
    this.#listeners[event].add(listener);
    return () => {
      this.#listeners[event].delete(listener);
    };
  }

  /** Any request of the protocol, as it is on the wire. */
  async request<Method extends ClientRequest>(
    method: Method,
    params: RequestParams<Method>,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<RequestResult<Method>> {
    return (await this.#connect()).request(method, params, options.signal);
  }

  /** Lets prompts end that were begun (about ten seconds, then they are cancelled), and ends the sidecar. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    if (connection === undefined) return;
    await settlesWithin(this.#unsent.settled(), unsentMs);
    await connection.close();
  }

  #connect(): Promise<Connection> {
    if (this.#closing !== undefined) return Promise.reject(new LLMError('closed', 'This LLM was closed. Make a new one.'));
    this.#connection ??= this.#start().catch((error: unknown) => {
      // What was wrong may have been put right by the next call.
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  async #start(): Promise<Connection> {
    const connection = await connect({
      ...this.#options,
      registry: this.#registry,
      onNotification: (method, params) => this.#heard(method, params),
    });
    this.#heard('config/diagnostics', connection.server.config);
    return connection;
  }

  #heard(method: string, params: unknown): void {
    if (method === 'llm/modelsChanged') for (const listener of this.#listeners.modelsChanged) runCallback(listener);
    if (method !== 'config/diagnostics') return;
    const { diagnostics } = params as { diagnostics: Diagnostic[] };
    for (const listener of this.#listeners.diagnostics) runCallback(listener, diagnostics);
  }
}

/** Turns of a conversation that wait for the ones before. */
const unsentMs = 10_000;
