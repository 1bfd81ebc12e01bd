import type { Environment } from './envSecrets.ts';
import { usable } from './secretName.ts';

/** The first of the provider's own variables that is set, and what is in it. behaviour 4 (5). */
export function keyOfProvider(variables: readonly string[], env: Environment): { name: string; value: string } | null {
  for (const variable of variables) {
    const value = usable(env[variable]);
    if (value !== null) return { name: variable, value };
  }
  return null;
}
