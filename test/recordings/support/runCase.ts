import type { ContentPart, Json, JsonObject, Message, ToolSpec, Usage } from '../../../protocol/index.ts';
import type { ProviderSettings } from '../../../src/catalogue/providerSettings.ts';
import type { ModelEvent, ProviderCall } from '../../../src/engine/ports.ts';
import { Failure } from '../../../src/lib/failure.ts';
import { createProviders } from '../../../src/providers/index.ts';
import type { RecordedCase } from './recordings.ts';

/** What a case is asked with, and where. */
export interface CaseRequest {
  readonly settings: ProviderSettings;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly stream: boolean;
  /** Default: none. */
  readonly options?: JsonObject;
  readonly signal?: AbortSignal;
  readonly idleTimeoutMs?: number;
}

/** What came of it, in the words of the protocol. */
export interface Outcome {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { id: string; name: string; args: Json }[];
  /** null: it failed. */
  readonly stopReason: string | null;
  readonly usage: Usage;
  readonly responseId: string | undefined;
  readonly error: { kind: string; message: string; retryable: boolean | undefined; retryAfterMs: number | undefined } | null;
  /** The assistant message for the next turn. */
  readonly content: readonly ContentPart[];
}

/** The same tables run against the port below, and against the whole process. */
export type RunCase = (request: CaseRequest) => Promise<Outcome>;

export const canaryKey = 'canary-key-8f1b2c3d4e5f';

/** Drives the Provider port. */
export const runOnPort: RunCase = async ({ settings, messages, tools, stream, options = {}, signal, idleTimeoutMs }) => {
  const provider = createProviders([settings], { idleTimeoutMs }).get(settings.name);
  if (provider === undefined) throw new Error(`no provider ${settings.name}`);
  const events: ModelEvent[] = [];
  const call: ProviderCall = {
    model: {
      id: 'recorded-model',
      provider: settings.name,
      upstreamId: modelOf(settings),
      aliases: [],
      key: { name: 'any', secret: 'ANY_API_KEY', variables: [] },
      features: { stream: true, tools: true, schema: true, reasoning: true, attachments: ['image/*'] },
      optionsSchema: {},
    },
    key: canaryKey,
    system: undefined,
    messages,
    options,
    schema: undefined,
    tools,
    toolChoice: undefined,
    stream,
    signal: signal ?? new AbortController().signal,
  };
  try {
    const finish = await provider.prompt(call, (event) => events.push(event));
    return { ...fold(events), stopReason: finish.stopReason, usage: finish.usage, responseId: finish.responseId, error: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { retryable, retryAfterMs } = error.detail;
    return {
      ...fold(events),
      stopReason: null,
      responseId: undefined,
      error: { kind: error.kind, message: error.message, retryable, retryAfterMs },
    };
  }
};

function modelOf(settings: ProviderSettings): string {
  return settings.models[0]?.upstreamId ?? (settings.type === 'google' ? 'gemini-2.5-flash' : 'recorded-model');
}

export function fold(events: readonly ModelEvent[]): Pick<Outcome, 'text' | 'reasoning' | 'toolCalls' | 'usage' | 'content'> {
  const kinds: string[] = [];
  const texts: string[] = [];
  const contents: (ContentPart | undefined)[] = [];
  let usage: Usage = { inputTokens: null, outputTokens: null };
  for (const event of events) {
    switch (event.type) {
      case 'part':
        kinds[event.part] = event.kind;
        texts[event.part] = '';
        break;
      case 'text':
      case 'reasoning':
        texts[event.part] += event.text;
        break;
      case 'partEnd':
        contents[event.part] = event.content;
        break;
      case 'usage':
        usage = event.usage;
        break;
      default:
    }
  }
  const joined = (kind: string): string => texts.filter((_, index) => kinds[index] === kind).join('');
  const content = kinds.flatMap((kind, index): ContentPart[] => {
    const whole = contents[index];
    if (whole !== undefined) return [whole];
    return kind === 'text' || kind === 'reasoning' ? [{ type: kind, text: texts[index] ?? '' }] : [];
  });
  const toolCalls = content.flatMap((part) => (isToolCall(part) ? [{ id: part.toolCallId, name: part.name, args: part.args }] : []));
  return { text: joined('text'), reasoning: joined('reasoning'), toolCalls, usage, content };
}

function isToolCall(part: ContentPart): part is Extract<ContentPart, { type: 'toolCall' }> {
  return part.type === 'toolCall';
}

/** How a case's recorded wire is configured: the provider's type, its wire, and a base URL of the replay server. */
export function settingsOf({ provider, api }: RecordedCase, baseUrl: string): ProviderSettings {
  const type = provider;
  const wire = api === 'openai-responses' ? 'responses' : provider === 'openai' || provider === 'xai' ? 'chat' : undefined;
  return { name: `${type}-recorded`, type, baseUrl, api: wire, key: undefined, headers: {}, discover: false, models: [] };
}

/** A tool for each that the recorded model called, so that the packages know the names. */
export function toolsOf({ expected }: RecordedCase): ToolSpec[] {
  const names = new Set((expected.toolCalls ?? []).map(({ name }) => name));
  const inputSchema: JsonObject = { type: 'object', properties: {} };
  return [...names].map((name) => ({ name, description: `calls ${name}`, inputSchema }));
}

export const question: readonly Message[] = [{ role: 'user', content: 'A question.' }];
