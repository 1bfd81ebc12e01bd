import type { FoundKey, KeyRequest, KeyRing } from '../engine/ports.ts';
import type { NoKey, SecretSource } from '../engine/secretsPorts.ts';
import type { Environment } from './envSecrets.ts';
import type { LlmKeysFile } from './llmKeysFile.ts';
import { keyOfProvider } from './providerEnv.ts';

export interface KeyPlaces {
  /** Where a secret is looked up by name, in order: the environment, then the encrypted store, then the host. */
  readonly secrets: readonly SecretSource[];
  readonly keysFile: Pick<LlmKeysFile, 'get'>;
  /** For the variables of the providers. */
  readonly env: Environment;
  /** Told every key that is handed out, so that it can be kept out of logs. */
  readonly learn: (value: string) => void;
}

/** The order of behaviour 4: what the configuration names, the provider's secret, keys.json, the provider's variables. */
export function createKeyRing({ secrets, keysFile, env, learn }: KeyPlaces): KeyRing {
  const lookUp = lookUpOnce(secrets);

  const none = (missed: readonly string[]): NoKey => ({
    value: null,
    missed,
    ...(secrets.some((source) => source.isSettable?.()) ? { isSettable: true } : {}),
  });
  const search = async (request: KeyRequest): Promise<FoundKey | NoKey> => {
    const missed: string[] = [];
    for (const { secret, source } of request.named) {
      const found = await lookUp(secret, request);
      if (found) return { ...found, source, missed };
      missed.push(secret);
      if (request.strict) return none(missed);
    }
    const { need } = request;
    const secret = await lookUp(need.secret, request);
    if (secret) return { ...secret, missed };
    const inFile = await keysFile.get(need.name);
    if (inFile !== null) return { value: inFile, source: 'keysFile', name: need.name, missed };
    const variable = keyOfProvider(need.variables, env);
    return variable === null ? none(missed) : { ...variable, source: 'environment', missed };
  };

  return {
    find: async (request) => {
      const found = await search(request);
      if (found.value !== null) learn(found.value);
      return found;
    },
  };
}

type Secret = Pick<FoundKey, 'value' | 'source' | 'name'>;
type LookUp = (name: string, request: KeyRequest) => Promise<Secret | null>;

/** In one listing each secret is looked up once, whichever models need it. behaviour 3.5. */
function lookUpOnce(secrets: readonly SecretSource[]): LookUp {
  const listings = new WeakMap<object, Map<string, Promise<Secret | null>>>();
  const ask: LookUp = async (name, { actor, purpose, use, asking }) => {
    for (const secret of secrets) {
      const value = await secret.get(name, { actor, purpose, count: use, asking });
      if (value !== null) return { value, source: secret.source, name };
    }
    return null;
  };
  return async (name, request) => {
    if (!request.listing) return ask(name, request);
    const asked = listings.get(request.listing) ?? new Map<string, Promise<Secret | null>>();
    listings.set(request.listing, asked);
    const answer = asked.get(name) ?? ask(name, request);
    asked.set(name, answer);
    return answer;
  };
}
