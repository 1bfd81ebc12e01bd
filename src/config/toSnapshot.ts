import type { Diagnostic, JsonObject } from '../../protocol/index.ts';
import type { ConfiguredModel, ProviderSettings } from '../catalogue/providerSettings.ts';
import type { McpServerSettings } from '../engine/ports.ts';
import { openRules, type ModelRef, type PurposeRules, type Rules } from '../policy/rules.ts';
import { createCanonicalNames, type ModelNames } from './canonicalNames.ts';
import type { Config } from './config.ts';
import type { KeyPath } from './finding.ts';
import type { ConfigValues, ModelRefValue } from './schema.ts';
import { toDecimal } from './toDecimal.ts';

/** Every model name canonical. */
export function toRules(config: Config, names: ModelNames): { rules: Rules; problems: Diagnostic[] } {
  const { values } = config;
  const canonical = createCanonicalNames(config, names);
  const toRef = (value: ModelRefValue, path: KeyPath): ModelRef =>
    typeof value === 'string'
      ? { model: canonical.one(value, path), key: null }
      : { model: canonical.one(value.model, [...path, 'model']), key: value.key ?? null };

  const rules: Rules = {
    defaultModel: values.default_model === undefined ? null : toRef(values.default_model, ['default_model']),
    purposes: new Map(
      Object.entries(values.purposes ?? {}).map(([name, purpose]): [string, PurposeRules] => {
        const path: KeyPath = ['purposes', name];
        return [
          name,
          {
            model: purpose.model === undefined ? null : toRef(purpose.model, [...path, 'model']),
            models: purpose.models?.map((ref, index) => toRef(ref, [...path, 'models', index])) ?? null,
            blockedModels: canonical.list(purpose.blocked_models, [...path, 'blocked_models']),
            description: purpose.description,
            options: purpose.options as JsonObject | undefined,
            system: purpose.system,
            tools: purpose.tools,
          },
        ];
      }),
    ),
    models: values.models === undefined ? null : canonical.list(values.models, ['models']),
    blockedModels: canonical.list(values.blocked_models, ['blocked_models']),
    requireKeys: values.require_keys ?? openRules.requireKeys,
    enforceModels: values.enforce_models ?? openRules.enforceModels,
    purposeModels: values.purpose_models ?? openRules.purposeModels,
    strictKeys: values.strict_keys ?? openRules.strictKeys,
    modelOptions: canonical.keysOf('model_options', values.model_options, (options) => options as JsonObject),
  };
  return { rules, problems: canonical.problems };
}

/** `providers:`, in the order of the file. */
export function toProviderSettings(config: Config): ProviderSettings[] {
  return Object.entries(config.values.providers ?? {}).map(([name, provider]) => ({
    name,
    type: provider.type ?? name,
    baseUrl: provider.base_url,
    api: provider.api,
    key: provider.key,
    headers: toTexts(provider.headers),
    ...(provider.price_list === undefined ? {} : { priceList: provider.price_list }),
    discover: provider.discover,
    models: (provider.models ?? []).map(toConfiguredModel),
  }));
}

/** `mcp_servers:`, in the order of the file. */
export function toMcpServers(config: Config): McpServerSettings[] {
  return Object.entries(config.values.mcp_servers ?? {}).map(([name, { command, args = [], env, cwd, url, headers }]) =>
    command === undefined
      ? { name, url: url ?? '', headers: toTexts(headers) }
      : { name, command, args: args.map(String), env: toTexts(env), cwd },
  );
}

/** behaviour 1.6: every name that stands where a key is meant, once, in the order of the file. */
export function namedSecrets(config: Config): string[] {
  const { default_model: defaultModel, purposes = {}, providers = {} } = config.values;
  const ofPurposes = Object.values(purposes).flatMap((purpose) => [purpose.model, ...(purpose.models ?? [])]);
  const ofModels = [defaultModel, ...ofPurposes].map((ref) => (typeof ref === 'object' ? ref.key : undefined));
  const all = [...ofModels, ...Object.values(providers).map((provider) => provider.key)];
  return [...new Set(all.filter((name) => name !== undefined))];
}

/** `plugins:`, as written: paths from the folder of the file, or packages. */
export function toPluginSpecifiers(config: Config): readonly string[] {
  return config.values.plugins ?? [];
}

/** Whether the offline `test-*` models are listed. */
export function hasTestModels(config: Config): boolean {
  return config.values.test_models ?? false;
}

/** How much is taken on at a time. */
export function toLimits(config: Config): {
  maxConcurrentPrompts: number;
  maxResponseBytes: number;
  retries: number;
  toolTimeoutMs: number;
  maxToolResultBytes: number;
} {
  const { limits = {} } = config.values;
  return {
    maxConcurrentPrompts: limits.max_concurrent_prompts ?? 1000,
    maxResponseBytes: limits.max_response_bytes ?? 64 * 1024 * 1024,
    retries: limits.retries ?? 2,
    toolTimeoutMs: limits.tool_timeout_ms ?? 120_000,
    maxToolResultBytes: limits.max_tool_result_bytes ?? 8 * 1024 * 1024,
  };
}

type ProviderValue = NonNullable<ConfigValues['providers']>[string];
type ModelValue = NonNullable<ProviderValue['models']>[number];

function toConfiguredModel(value: ModelValue): ConfiguredModel {
  const model: Exclude<ModelValue, string> = typeof value === 'string' ? { id: value } : value;
  const { price, features = {} } = model;
  return {
    id: model.id,
    upstreamId: model.upstream_id,
    name: model.name,
    aliases: model.aliases ?? [],
    features: Object.fromEntries(Object.entries(features).filter(([, feature]) => feature !== undefined)),
    contextWindow: model.context_window,
    maxOutputTokens: model.max_output_tokens,
    price: price && {
      input: toDecimal(price.input),
      output: toDecimal(price.output),
      cacheRead: price.cache_read === undefined ? undefined : toDecimal(price.cache_read),
      cacheWrite: price.cache_write === undefined ? undefined : toDecimal(price.cache_write),
    },
    optionsSchema: undefined,
    baseUrl: undefined,
    headers: undefined,
    keyName: undefined,
  };
}

function toTexts(headers: Readonly<Record<string, string | number | boolean>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}
