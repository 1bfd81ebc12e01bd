import type { Diagnostic } from '../protocol/index.ts';
import { buildCatalogue } from './catalogue/buildCatalogue.ts';
import { builtInModels } from './catalogue/builtInModels.ts';
import { suggest } from './catalogue/suggest.ts';
import type { LiveState } from './config/liveConfig.ts';
import { hasTestModels, toLimits, toProviderSettings, toRules } from './config/toSnapshot.ts';
import type { Provider } from './engine/ports.ts';
import type { Snapshot } from './engine/snapshot.ts';
import { createEchoProvider, echoModels } from './providers/echo.ts';
import { createProviders, providerKinds } from './providers/index.ts';
import { createTestProvider, testModels } from './providers/testModels.ts';

export interface BuiltSnapshot {
  readonly snapshot: Snapshot;
  /** What is only seen with the catalogue at hand, such as an unknown model. */
  readonly problems: readonly Diagnostic[];
  /** The providers that the configuration gives as defaults, so that prompts are likely. */
  readonly likely: readonly { load(): Promise<void> }[];
}

/** The configuration and the catalogue, joined: names become ids, settings become providers. */
export function buildSnapshot({ config, aliases, extraProviders }: LiveState, { env }: { env: NodeJS.ProcessEnv }): BuiltSnapshot {
  const settings = [...toProviderSettings(config), ...extraProviders];
  const tests = hasTestModels(config);
  const fixed = [...echoModels, ...(tests ? testModels : [])];
  const catalogue = buildCatalogue({ builtIn: builtInModels, fixed, configured: settings, discovered: new Map(), aliases, providerKinds });
  const { rules, problems } = toRules(config, {
    resolve: (name) => catalogue.find(name)?.id ?? null,
    suggest: (name) => suggest(name, catalogue),
  });
  const loadable = createProviders(settings, { environment: env });
  const offline = [createEchoProvider(), ...(tests ? [createTestProvider()] : [])];
  const providers = new Map<string, Provider>([...loadable, ...offline.map((provider) => [provider.name, provider] as const)]);
  const defaults = [rules.defaultModel, ...[...rules.purposes.values()].map((purpose) => purpose.model)];
  const likely = new Set(defaults.flatMap((ref) => (ref === null ? [] : (catalogue.find(ref.model)?.provider ?? []))));
  return {
    snapshot: { rules, catalogue, providers, limits: toLimits(config) },
    problems,
    likely: [...likely].flatMap((name) => loadable.get(name) ?? []),
  };
}
