import { namedKey } from './catalogue/keyNeed.ts';
import type { Config } from './config/config.ts';
import { namedSecrets } from './config/toSnapshot.ts';
import { toRegisteredSecrets } from './config/toSecrets.ts';
import type { SecretStore } from './engine/secretsPorts.ts';
import { secretVariable, type Environment } from './keys/envSecrets.ts';
import type { HostSecrets } from './keys/hostSecrets.ts';
import type { LlmKeysFile } from './keys/llmKeysFile.ts';
import { registeredSecrets } from './keys/registeredSecrets.ts';
import { usable } from './keys/secretName.ts';
import { providerKinds } from './providers/index.ts';
import type { SessionSecrets } from './session/session.ts';

/** Secrets as both doors look after them. */
export interface SecretsView extends SessionSecrets {
  /** keys.json, each key by the name of the secret that would take its place. */
  readonly keysFile: { entries(): Promise<ReadonlyMap<string, string>> } & Pick<LlmKeysFile, 'problems'>;
}

export function secretsView({
  config,
  env,
  store,
  host,
  keysFile,
}: {
  readonly config: () => Config;
  readonly env: Environment;
  readonly store: SecretStore;
  readonly host: HostSecrets;
  readonly keysFile: LlmKeysFile;
}): SecretsView {
  const needs = [...providerKinds.values()].flatMap(({ key }) => (key === null ? [] : [key]));
  return {
    registered: () => registeredSecrets({ needs, named: namedSecrets(config()), registered: toRegisteredSecrets(config()) }),
    variableOf: (name) => (usable(env[secretVariable(name)]) === null ? null : secretVariable(name)),
    store,
    connectHost: (peer) => host.connect(peer),
    keysFile: {
      entries: async () => new Map([...(await keysFile.entries())].map(([name, key]) => [namedKey(name, providerKinds).secret, key])),
      problems: async () => keysFile.problems(),
    },
  };
}
