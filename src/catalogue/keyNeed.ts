import type { ConfiguredModel, ProviderSettings } from './providerSettings.ts';
import type { KeyNeed } from './model.ts';
import type { ProviderKind } from './providerKind.ts';

/**
 * Where the key of a model is looked up: by the name that the configuration gives the model, else the provider, else in
 * the usual places of the provider's type. A model's name that a type uses (`openai`) means the usual places of that type.
 */
export function keyNeed(
  provider: {
    readonly kind: ProviderKind;
    readonly settings: ProviderSettings | undefined;
    readonly kinds: ReadonlyMap<string, ProviderKind>;
  },
  model: ConfiguredModel | undefined,
): KeyNeed | null {
  const { kind, settings, kinds } = provider;
  if (model?.keyName === null) return null;
  if (model?.keyName !== undefined) return namedKey(model.keyName, kinds);
  return settings?.key === undefined ? kind.key : namedSecret(settings.key, settings.key);
}

/** What a name in keys.json, such as `openai`, is the key of. */
export function namedKey(name: string, kinds: ReadonlyMap<string, Pick<ProviderKind, 'key'>>): KeyNeed {
  for (const { key } of kinds.values()) if (key?.name === name) return key;
  return namedSecret(name, /_(KEY|TOKEN|SECRET)$/i.test(name) ? name : `${name}_API_KEY`);
}

function namedSecret(name: string, secret: string): KeyNeed {
  const normal = secret.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return { name, secret: normal, variables: [normal] };
}
