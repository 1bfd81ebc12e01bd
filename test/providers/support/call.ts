import type { ContentPart, JsonObject, Usage } from '../../../protocol/index.ts';
import type { ProviderSettings } from '../../../src/catalogue/providerSettings.ts';
import type { ModelEvent, ModelFinish, ProviderCall } from '../../../src/engine/ports.ts';
import { Failure } from '../../../src/lib/failure.ts';
import { createProviders, type ProviderOptions } from '../../../src/providers/index.ts';

export const canaryKey = 'canary-key-0a1b2c3d4e5f';
export const canaryPrompt = 'canary prompt: the quick brown fox jumps over the lazy dog';

export interface Asked {
  readonly finish: ModelFinish;
  readonly events: readonly ModelEvent[];
  readonly text: string;
  readonly reasoning: string;
  /** What the next turn sends as the assistant's message. */
  readonly content: readonly ContentPart[];
}

export function settingsFor(type: string, baseUrl: string, more: Partial<ProviderSettings> = {}): ProviderSettings {
  return { name: `my-${type}`, type, baseUrl, api: undefined, key: undefined, headers: {}, discover: undefined, models: [], ...more };
}

export function callFor(settings: ProviderSettings, more: Partial<ProviderCall> = {}): ProviderCall {
  return {
    model: {
      id: 'm',
      provider: settings.name,
      upstreamId: 'some-model',
      aliases: [],
      key: { name: 'k', secret: 'K_API_KEY', variables: [] },
      features: { stream: true, tools: true, schema: true, reasoning: false, attachments: ['image/*'] },
      optionsSchema: {},
    },
    key: canaryKey,
    system: undefined,
    messages: [{ role: 'user', content: canaryPrompt }],
    options: {},
    schema: undefined,
    tools: [],
    toolChoice: undefined,
    stream: true,
    signal: new AbortController().signal,
    ...more,
  };
}

/** One prompt on the port of one provider. */
export async function ask(settings: ProviderSettings, more: Partial<ProviderCall> = {}, options: ProviderOptions = {}): Promise<Asked> {
  const provider = createProviders([settings], options).get(settings.name);
  if (provider === undefined) throw new Error(`no provider ${settings.name}`);
  const events: ModelEvent[] = [];
  const finish = await provider.prompt(callFor(settings, more), (event) => events.push(event));
  return { finish, events, text: textOf(events, 'text'), reasoning: textOf(events, 'reasoning'), content: contentOf(events) };
}

/** The failure of one prompt, and the events before it. */
export async function askToFail(
  settings: ProviderSettings,
  more: Partial<ProviderCall> = {},
  options: ProviderOptions = {},
): Promise<{ failure: Failure; events: readonly ModelEvent[] }> {
  const provider = createProviders([settings], options).get(settings.name);
  const events: ModelEvent[] = [];
  try {
    await provider?.prompt(callFor(settings, more), (event) => events.push(event));
  } catch (error) {
    if (error instanceof Failure) return { failure: error, events };
    throw error;
  }
  throw new Error('it did not fail');
}

export function lastUsage(events: readonly ModelEvent[]): Usage | undefined {
  return events.findLast((event) => event.type === 'usage')?.usage;
}

export function withoutRaw({ raw: _, ...usage }: Usage): JsonObject {
  return usage;
}

function textOf(events: readonly ModelEvent[], type: 'text' | 'reasoning'): string {
  return events.flatMap((event) => (event.type === type ? [event.text] : [])).join('');
}

function contentOf(events: readonly ModelEvent[]): ContentPart[] {
  const parts: ContentPart[] = [];
  for (const event of events) {
    if (event.type === 'part' && (event.kind === 'text' || event.kind === 'reasoning')) parts[event.part] = { type: event.kind, text: '' };
    const part = 'part' in event && typeof event.part === 'number' ? parts[event.part] : undefined;
    if ((event.type === 'text' || event.type === 'reasoning') && part !== undefined && 'text' in part)
      (part as { text: string }).text += event.text;
    if (event.type === 'partEnd' && event.content !== undefined) parts[event.part] = event.content;
  }
  return parts.filter((part) => part !== undefined);
}
