import type { JsonObject } from '../../protocol/index.ts';
import type { KeyNeed, ModelFeatures, UsualOutput } from '../catalogue/model.ts';
import type { ProviderSettings } from '../catalogue/providerSettings.ts';
import type { Redact } from '../lib/redactFailure.ts';
import { usualDeadlines, type Deadlines } from '../policy/timeouts.ts';
import { createAiSdkProvider, type LoadableProvider } from './aiSdk/createAiSdkProvider.ts';
import type { ProviderDefinition } from './aiSdk/definition.ts';
import { answerByTool } from './answerByTool.ts';
import { anthropic } from './anthropic.ts';
import { cohere } from './cohere.ts';
import { deepseek } from './deepseek.ts';
import { google } from './google.ts';
import { groq } from './groq.ts';
import { resolveName } from './http/checkAddress.ts';
import type { DownloadRules } from './http/downloadAttachments.ts';
import { createSend, type Send } from './http/send.ts';
import { mistral } from './mistral.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openaiCompatible.ts';
import { openrouter } from './openrouter.ts';
import { optionsSchemaOf } from './optionsSchema.ts';
import { withoutSecrets } from './withoutSecrets.ts';
import { xai } from './xai.ts';

/** A new provider is its data file and one entry here. */
const definitions: readonly ProviderDefinition[] = [
  openai,
  anthropic,
  google,
  mistral,
  groq,
  deepseek,
  xai,
  cohere,
  openrouter,
  openaiCompatible,
];

/** What a `type` in the configuration may be. */
export function providerTypes(): string[] {
  return definitions.map(({ type }) => type);
}

/** What the catalogue needs to know about a provider type. */
export interface ProviderKind {
  readonly key: KeyNeed | null;
  readonly baseUrl: string | undefined;
  readonly discover: boolean;
  readonly usualOutput?: UsualOutput | undefined;
  readonly apis: readonly string[];
  optionsSchema(features: ModelFeatures): JsonObject;
}

/** By type. */
export const providerKinds: ReadonlyMap<string, ProviderKind> = new Map(
  definitions.map((definition) => [
    definition.type,
    {
      key: definition.key,
      baseUrl: definition.baseUrl,
      discover: definition.discover,
      usualOutput: definition.usualOutput,
      apis: definition.apis,
      optionsSchema: (features) => optionsSchemaOf(definition, features),
    },
  ]),
);

export interface ProviderOptions {
  /** For calls that bring no deadlines: without a byte of the provider for this long a call fails. */
  readonly idleTimeoutMs?: number | undefined;
  /** Default 256 MiB, of one response body. */
  readonly maxResponseBytes?: number | undefined;
  /** Shares connections with others; default: its own, over node:http. */
  readonly send?: Send | undefined;
  /** Looked at for HTTP_PROXY, HTTPS_PROXY and NO_PROXY, for nothing else. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Of attachments by URL that the provider does not fetch itself; default: 64 MiB, from the internet alone. */
  readonly downloads?: Partial<DownloadRules> | undefined;
  /** Takes secrets out of what is said besides answers; default: only those that a call has itself. */
  readonly redact?: Redact | undefined;
}

/**
 * The providers of a configuration by name: every built-in one, changed by the settings of its name, and the ones that the
 * settings add. Nothing is imported or connected yet. They share one pool of connections.
 */
export function createProviders(
  settings: readonly ProviderSettings[],
  options: ProviderOptions = {},
): ReadonlyMap<string, LoadableProvider> {
  const context = {
    send: options.send ?? createSend(options.environment),
    deadlines: deadlinesOf(options.idleTimeoutMs),
    maxResponseBytes: options.maxResponseBytes ?? 256 * 1024 * 1024,
    downloads: { ...usualDownloads, ...options.downloads },
  };
  const create = (definition: ProviderDefinition, one: ProviderSettings): LoadableProvider => {
    const provider = answerByTool(createAiSdkProvider(definition, one, context));
    return options.redact === undefined ? provider : withoutSecrets(provider, options.redact);
  };
  const providers = new Map<string, LoadableProvider>();
  for (const definition of definitions) {
    // One without an address of its own exists only by its settings.
    if (definition.baseUrl !== undefined) providers.set(definition.type, create(definition, plain(definition.type)));
  }
  for (const one of settings) {
    const definition = definitions.find(({ type }) => type === one.type);
    if (definition !== undefined) providers.set(one.name, create(definition, one));
  }
  return providers;
}

const usualDownloads: DownloadRules = {
  allowPrivateUrls: false,
  maxBytes: 64 * 1024 * 1024,
  timeoutMs: 60_000,
  resolve: resolveName,
};

function deadlinesOf(idleMs: number | undefined): Deadlines {
  if (idleMs === undefined) return usualDeadlines;
  const { firstToken, idle } = usualDeadlines;
  return { ...usualDeadlines, firstToken: { ...firstToken, ms: idleMs }, idle: { ...idle, ms: idleMs } };
}

function plain(type: string): ProviderSettings {
  return { name: type, type, baseUrl: undefined, api: undefined, key: undefined, headers: {}, discover: undefined, models: [] };
}
