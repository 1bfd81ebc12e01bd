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

/** The variable that holds a secret, for messages that say where a key may be put. */
export function secretVariable(name: string): string {
  return `DATASETTE_SECRETS_${secretName(name)}`;
}
