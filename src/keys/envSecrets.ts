import type { SecretSource } from '../engine/secretsPorts.ts';
import { secretName, usable } from './secretName.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Secrets of the environment: `OPENAI_API_KEY` is `DATASETTE_SECRETS_OPENAI_API_KEY`. behaviour 4 (3). */
export function createEnvSecrets(env: Environment): SecretSource {
  return {
    source: 'secret',
    get: async (name) => usable(env[secretVariable(name)]),
  };
}

/** Every value that is a secret by the name of its variable: `DATASETTE_SECRETS_…`, and those of the providers. */
export function secretsIn(env: Environment, ofProviders: readonly string[]): string[] {
  const names = [...Object.keys(env).filter((name) => name.startsWith(secretVariable(''))), ...ofProviders];
  return names.flatMap((name) => usable(env[name]) ?? []);
}

/** The variable that holds a secret, for messages that say where a key may be put. */
export function secretVariable(name: string): string {
  return `DATASETTE_SECRETS_${secretName(name)}`;
}
