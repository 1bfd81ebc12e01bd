import type { Diagnostic } from '../protocol/index.ts';
import { buildCatalogue } from './catalogue/buildCatalogue.ts';
import type { DiscoveredModel } from './catalogue/builtInModel.ts';
import { builtInModels } from './catalogue/builtInModels.ts';
import type { ProviderSettings } from './catalogue/providerSettings.ts';
import { suggest } from './catalogue/suggest.ts';
import { withTariffs } from './catalogue/withTariffs.ts';
import type { LiveState } from './config/liveConfig.ts';
import type { ModelNames } from './config/canonicalNames.ts';
import { toAttachmentLimits } from './config/toAttachments.ts';
import { toMoneyRules } from './config/toMoney.ts';
import { toPrices } from './config/toPrices.ts';
import { toReliability } from './config/toReliability.ts';
import { hasTestModels, toLimits, toProviderSettings, toRules } from './config/toSnapshot.ts';
import { keepsContent } from './config/toStorage.ts';
import type { Provider } from './engine/ports.ts';
import type { Snapshot } from './engine/snapshot.ts';
import type { Redact } from './lib/redactFailure.ts';
import { createEchoProvider, echoModels } from './providers/echo.ts';
import { echoEmbedModels } from './providers/echoEmbed.ts';
import { createProviders, providerKinds } from './providers/index.ts';
import { createTestProvider, testModels } from './providers/testModels.ts';

type Loadable = ReturnType<typeof createProviders>;

export interface BuiltSnapshot {
  readonly snapshot: Snapshot;
  /** What is only seen with the catalogue at hand, such as an unknown model. */
  readonly problems: readonly Diagnostic[];
  readonly settings: readonly ProviderSettings[];
  /** Of the settings; kept, with their open connections, while the files are the same. */
  readonly loadable: Loadable;
  /** The files it was built from. */
  readonly state: LiveState;
}

interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Takes secrets out of what providers say besides answers. */
  readonly redact: Redact;
  readonly discovered: ReadonlyMap<string, readonly DiscoveredModel[]>;
  readonly before: BuiltSnapshot | undefined;
}

/** How much larger than the answer its JSON may be on a provider's wire. */
const wireBytesPerByte = 4;

/** The configuration and the catalogue, joined: names become ids, settings become providers. */
export function buildSnapshot(state: LiveState, { env, redact, discovered, before }: Surroundings): BuiltSnapshot {
  const { config, aliases, extraProviders } = state;
  const settings = [...toProviderSettings(config), ...extraProviders];
  const tests = hasTestModels(config);
  const fixed = [...echoModels, ...(tests ? [...testModels, ...echoEmbedModels] : [])];
  const catalogue = buildCatalogue({ builtIn: builtInModels, fixed, configured: settings, discovered, aliases, providerKinds });
  const names: ModelNames = { resolve: (name) => catalogue.find(name)?.id ?? null, suggest: (name) => suggest(name, catalogue) };
  const { rules, problems } = toRules(config, names);
  const { money, problems: moneyProblems } = toMoneyRules(config, names);
  const { tariffs, problems: priceProblems } = toPrices(config, names);
  const { reliability, problems: reliabilityProblems } = toReliability(config, names);
  const limits = toLimits(config);
  const loadable =
    before?.state === state
      ? before.loadable
      : createProviders(settings, {
          environment: env,
          redact,
          maxResponseBytes: limits.maxResponseBytes * wireBytesPerByte,
          downloads: toAttachmentLimits(config),
        });
  const offline = [createEchoProvider(), ...(tests ? [createTestProvider()] : [])];
  const providers = new Map<string, Provider>([...loadable, ...offline.map((provider) => [provider.name, provider] as const)]);
  return {
    snapshot: {
      rules,
      catalogue: withTariffs(catalogue, tariffs),
      providers,
      limits,
      money,
      reliability,
      keepContent: keepsContent(config),
    },
    problems: [...problems, ...moneyProblems, ...priceProblems, ...reliabilityProblems],
    settings,
    loadable,
    state,
  };
}

/** Imports the packages of the providers whose models the configuration gives as defaults: prompts to them are likely. */
export async function loadLikely({ snapshot, loadable }: BuiltSnapshot): Promise<void> {
  const { rules, catalogue } = snapshot;
  const defaults = [rules.defaultModel, ...[...rules.purposes.values()].map((purpose) => purpose.model)];
  const names = new Set(defaults.flatMap((ref) => (ref === null ? [] : (catalogue.find(ref.model)?.provider ?? []))));
  await Promise.all([...names].map(async (name) => loadable.get(name)?.load()));
  // Node's fetch, of which the packages use this: 15 ms when it is first read.
  if (names.size > 0) Reflect.get(globalThis, 'Headers');
}
