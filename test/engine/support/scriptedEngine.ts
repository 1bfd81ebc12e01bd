import type { Json, Message, Usage } from '../../../protocol/index.ts';
import { createCatalogue } from '../../../src/catalogue/catalogue.ts';
import type { Model } from '../../../src/catalogue/model.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { createConversations } from '../../../src/engine/conversation.ts';
import { createMemoryConversations } from '../../../src/conversations/memoryConversations.ts';
import { createGroups } from '../../../src/engine/groups.ts';
import type { ModelEvent, Provider, ProviderCall, Tool } from '../../../src/engine/ports.ts';
import { createRests } from '../../../src/engine/rests.ts';
import type { PromptRequest } from '../../../src/engine/promptRequest.ts';
import { composeHooks } from '../../../src/hooks/composeHooks.ts';
import { createUnlimitedLedger } from '../../../src/ledger/unlimitedLedger.ts';
import { openMoneyRules } from '../../../src/policy/moneyRules.ts';
import { usualReliability } from '../../../src/policy/reliabilityRules.ts';
import { openRules } from '../../../src/policy/rules.ts';
import { createToolBox } from '../../../src/tools/toolBox.ts';

/** What the model says in one response: text, calls, or a failure after them. */
export interface ScriptedStep {
  readonly text?: string;
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly args?: Json }[];
  readonly fails?: Error;
  readonly meanwhile?: () => void;
  /** It comes to its end, though it was aborted. */
  readonly unstoppable?: boolean;
  /** What it says of its tokens, as an event and at the end; null: nothing. Default: 10 + 1. */
  readonly usage?: Usage | null;
  readonly stopReason?: string;
  readonly costUsd?: string;
}

export interface Scripted {
  readonly engine: Engine;
  /** What the provider was asked, in order. */
  readonly asked: ProviderCall[];
}

export const scriptedModel: Model = {
  id: 'scripted',
  provider: 'scripted',
  upstreamId: 'scripted',
  aliases: [],
  key: null,
  features: { stream: true, tools: true, schema: true, reasoning: true, attachments: ['image/png'] },
  optionsSchema: {},
};

/** An engine with one model that says what the script says, response by response. Each costs 10 + 1 tokens and 1 cent. */
export function scriptedEngine(
  script: readonly ScriptedStep[],
  more: { tools?: readonly Tool[]; toolTimeoutMs?: number; retries?: number } = {},
): Scripted {
  const asked: ProviderCall[] = [];
  const provider: Provider = {
    name: 'scripted',
    async prompt(call, emit) {
      const step = script[asked.length];
      if (step === undefined) throw new Error(`the script has no response ${asked.length}`);
      asked.push(call);
      step.meanwhile?.();
      eventsOf(step).forEach(emit);
      if (step.fails) throw step.fails;
      if (!step.unstoppable) call.signal.throwIfAborted();
      return {
        stopReason: step.stopReason ?? (step.calls ? 'toolCalls' : 'end'),
        usage: step.usage === null ? silent : (step.usage ?? usage),
        responseId: `response-${asked.length}`,
        costUsd: step.costUsd,
      };
    },
  };
  const snapshot = {
    rules: { ...openRules, purposes: new Map([['research', { model: null, models: null, blockedModels: [], tools: ['lookUp'] }]]) },
    catalogue: createCatalogue([scriptedModel]),
    providers: new Map([['scripted', provider]]),
    limits: {
      maxConcurrentPrompts: 10,
      maxResponseBytes: 1_000_000,
      retries: more.retries ?? 0,
      toolTimeoutMs: more.toolTimeoutMs ?? 10_000,
      maxToolResultBytes: 1_000_000,
    },
    money: openMoneyRules,
    reliability: usualReliability,
    keepContent: false,
  };
  const hooks = composeHooks([], () => {});
  const engine: Engine = {
    snapshot: () => snapshot,
    hooks: () => hooks,
    askServers: async () => {},
    keys: { find: async () => ({ value: null, missed: [] }) },
    prices: { price: async () => undefined, cost: async () => cent, bound: async () => cent },
    ledger: createUnlimitedLedger(),
    history: { summary: async () => [], list: async () => [], read: async () => null },
    loadAttachments: async (messages) => messages,
    groups: createGroups(),
    conversations: createConversations(createMemoryConversations()),
    tools: createToolBox(more.tools ?? [], []),
    rests: createRests(),
    gates: { find: () => undefined },
    log: () => {},
  };
  return { engine, asked };
}

export function requestOf(more: Partial<PromptRequest>): PromptRequest {
  return {
    promptId: 'p',
    model: 'scripted',
    purpose: undefined,
    actor: undefined,
    groupId: undefined,
    prompt: undefined,
    messages: [],
    system: undefined,
    attachments: [],
    options: {},
    schema: undefined,
    tools: [],
    toolChoice: undefined,
    toolNames: [],
    answerTool: undefined,
    maxSteps: undefined,
    conversationId: undefined,
    depth: 0,
    stream: true,
    timeoutMs: undefined,
    metadata: undefined,
    ...more,
  };
}

/** The results of tools in messages: `id: text`, with `!` before an error. */
export function resultsIn(messages: readonly Message[]): string[] {
  return messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : content.flatMap((part) =>
          part.type === 'toolResult'
            ? [
                `${part.isError === true ? '!' : ''}${part.toolCallId}: ${part.content.map((one) => ('text' in one && typeof one.text === 'string' ? one.text : one.type)).join('')}`,
              ]
            : [],
        ),
  );
}

const cent = { nanocents: 1_000_000_000n, priceId: 'a cent' };
const usage: Usage = { inputTokens: 10, outputTokens: 1 };

const silent: Usage = { inputTokens: null, outputTokens: null };

function eventsOf({ text, calls = [], usage: said = usage }: ScriptedStep): ModelEvent[] {
  const first = text === undefined ? 0 : 1;
  return [
    ...(text === undefined
      ? []
      : ([
          { type: 'part', part: 0, kind: 'text' },
          { type: 'text', part: 0, text },
          { type: 'partEnd', part: 0 },
        ] as ModelEvent[])),
    ...calls.flatMap(({ id, name, args = {} }, index): ModelEvent[] => [
      { type: 'part', part: first + index, kind: 'toolCall', toolCallId: id, name },
      { type: 'partEnd', part: first + index, content: { type: 'toolCall', toolCallId: id, name, args } },
    ]),
    ...(said === null ? [] : [{ type: 'usage', usage: said } as const]),
  ];
}
