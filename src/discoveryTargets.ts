import { keyNeed } from './catalogue/keyNeed.ts';
import type { ProviderSettings } from './catalogue/providerSettings.ts';
import type { KeyRing } from './engine/ports.ts';
import type { DiscoveryTarget } from './providers/discovery.ts';
import { providerKinds } from './providers/index.ts';

/** The servers that are asked for their models: those of the settings, and of the built-in providers those that list theirs. */
export function discoveryTargets(settings: readonly ProviderSettings[], keys: KeyRing): DiscoveryTarget[] {
  const settingsOf = new Map(settings.map((one) => [one.name, one]));
  const builtIn = [...providerKinds].flatMap(([name, kind]) => (kind.baseUrl === undefined ? [] : [name]));
  return [...new Set([...builtIn, ...settingsOf.keys()])].flatMap((name) => {
    const own = settingsOf.get(name);
    const type = own?.type ?? name;
    const kind = providerKinds.get(type);
    const baseUrl = own?.baseUrl ?? kind?.baseUrl;
    if (!kind || baseUrl === undefined || !(own?.discover ?? kind.discover)) return [];
    const need = keyNeed({ kind, settings: own, kinds: providerKinds }, undefined);
    const key = async (): Promise<string | null> =>
      need === null ? null : (await keys.find({ named: [], need, actor: null, purpose: undefined, strict: false, use: false })).value;
    return [{ name, type, baseUrl, headers: own?.headers ?? {}, key, needsKey: need !== null }];
  });
}
