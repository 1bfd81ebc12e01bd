import type { Json } from '../../protocol/index.ts';
import { withoutAddressSecrets } from '../lib/credentials.ts';
import type { Config } from './config.ts';
import { hasKeyPrefix } from './looksLikeKey.ts';
import { isEnv, isSecretName, withoutSecretInWord, wordAfterSecretFlag } from './secretPlaces.ts';

/** What config/read shows: as it is written, so `$env` by the variable's name; a secret that stands in the file is `***`. */
export function redactedConfig(config: Config): Json {
  return redact(config.written, []);
}

function redact(value: Json, path: readonly string[]): Json {
  if (Array.isArray(value))
    return value.map((item, index) => (wordAfterSecretFlag(value, index) && typeof item !== 'object' ? '***' : redact(item, path)));
  if (typeof value === 'string')
    return isSecretName(path) || hasKeyPrefix(value) ? '***' : withoutSecretInWord(withoutAddressSecrets(value));
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && isSecretName(path) ? '***' : value;
  if (isEnv(value)) return { $env: value.$env };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [hasKeyPrefix(key) ? '***' : key, redact(child, [...path, key])]));
}
