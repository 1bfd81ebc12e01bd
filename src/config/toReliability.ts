import type { Diagnostic } from '../../protocol/index.ts';
import type { ProviderLimits } from '../policy/providerLimits.ts';
import type { ReliabilityRules } from '../policy/reliabilityRules.ts';
import type { Timeouts } from '../policy/timeouts.ts';
import { createCanonicalNames, type ModelNames } from './canonicalNames.ts';
import type { Config } from './config.ts';
import type { ProviderLimitValues } from './reliabilitySchema.ts';
import type { ConfigValues } from './schema.ts';

type TimeoutValues = NonNullable<ConfigValues['timeouts']>;

/** Fallbacks and timeouts with canonical names. */
export function toReliability(config: Config, names: ModelNames): { reliability: ReliabilityRules; problems: Diagnostic[] } {
  const { values } = config;
  const canonical = createCanonicalNames(config, names);
  const byPurpose = Object.entries(values.purposes ?? {});
  const fallbacks = {
    models: canonical.keysOf('fallbacks', values.fallbacks, (list, { path }) => canonical.list(list, path)),
    purposes: new Map(
      byPurpose.flatMap(([name, { fallbacks: list }]) =>
        list === undefined ? [] : [[name, canonical.list(list, ['purposes', name, 'fallbacks'])] as const],
      ),
    ),
  };
  const timeouts = {
    all: toTimeouts(values.timeouts),
    providers: new Map(Object.entries(values.providers ?? {}).map(([name, provider]) => [name, toTimeouts(provider.timeouts)])),
    models: canonical.keysOf('model_timeouts', values.model_timeouts, toTimeouts),
    purposes: new Map(byPurpose.map(([name, purpose]) => [name, toTimeouts(purpose.timeouts)])),
  };
  const limits = new Map(
    Object.entries(values.providers ?? {}).flatMap(([name, provider]) =>
      provider.limits === undefined ? [] : [[name, toProviderLimits(provider.limits)] as const],
    ),
  );
  return {
    reliability: { fallbacks, timeouts, limits, restAfterFailures: values.limits?.rest_after_failures ?? 5 },
    problems: canonical.problems,
  };
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
