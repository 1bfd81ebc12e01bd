import type { Diagnostic } from '../../protocol/index.ts';
import type { ProviderLimits } from '../policy/providerLimits.ts';
import type { ReliabilityRules } from '../policy/reliabilityRules.ts';
import type { Timeouts } from '../policy/timeouts.ts';
import type { Config } from './config.ts';
import { didYouMean, warningAt, type Finding, type KeyPath } from './finding.ts';
import type { ProviderLimitValues } from './reliabilitySchema.ts';
import type { ConfigValues } from './schema.ts';
import type { ModelNames } from './toSnapshot.ts';

type TimeoutValues = NonNullable<ConfigValues['timeouts']>;

/** Fallbacks and timeouts with canonical names; an unknown one stays as it is and is a warning `unknownModel`. behaviour 1.8. */
export function toReliability(config: Config, names: ModelNames): { reliability: ReliabilityRules; problems: Diagnostic[] } {
  const { values } = config;
  const problems: Diagnostic[] = [];
  const canonical = (name: string, path: KeyPath, on: Finding['on']): string => {
    const id = names.resolve(name);
    if (id !== null) return id;
    const message = `There is no model "${name}".${didYouMean(names.suggest(name)) || ' The models are listed by llm/models.'}`;
    problems.push(config.diagnose(warningAt('unknownModel', path, message, on)));
    return name;
  };
  const toList = (list: readonly string[], path: KeyPath): string[] =>
    list.map((name, index) => canonical(name, [...path, index], 'value'));

  const byPurpose = Object.entries(values.purposes ?? {});
  const fallbacks = {
    models: new Map(
      Object.entries(values.fallbacks ?? {}).map(([name, list]) => [
        canonical(name, ['fallbacks', name], 'key'),
        toList(list, ['fallbacks', name]),
      ]),
    ),
    purposes: new Map(
      byPurpose.flatMap(([name, { fallbacks: list }]) =>
        list === undefined ? [] : [[name, toList(list, ['purposes', name, 'fallbacks'])] as const],
      ),
    ),
  };
  const timeouts = {
    all: toTimeouts(values.timeouts),
    providers: new Map(Object.entries(values.providers ?? {}).map(([name, provider]) => [name, toTimeouts(provider.timeouts)])),
    models: new Map(
      Object.entries(values.model_timeouts ?? {}).map(([name, value]) => [
        canonical(name, ['model_timeouts', name], 'key'),
        toTimeouts(value),
      ]),
    ),
    purposes: new Map(byPurpose.map(([name, purpose]) => [name, toTimeouts(purpose.timeouts)])),
  };
  const limits = new Map(
    Object.entries(values.providers ?? {}).flatMap(([name, provider]) =>
      provider.limits === undefined ? [] : [[name, toProviderLimits(provider.limits)] as const],
    ),
  );
  return { reliability: { fallbacks, timeouts, limits, restAfterFailures: values.limits?.rest_after_failures ?? 5 }, problems };
}

function toProviderLimits(value: ProviderLimitValues): ProviderLimits {
  return {
    maxConcurrent: value.max_concurrent,
    requestsPerMinute: value.requests_per_minute,
    tokensPerMinute: value.tokens_per_minute,
    maxWaiting: value.max_waiting ?? 100,
    maxWaitMs: value.max_wait_ms ?? 30_000,
  };
}

function toTimeouts(value: TimeoutValues | undefined): Timeouts {
  return {
    connectMs: value?.connect_ms,
    firstTokenMs: value?.first_token_ms,
    idleMs: value?.idle_ms,
    totalMs: value?.total_ms,
  };
}
