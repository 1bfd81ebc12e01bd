import type { Json } from '../../protocol/index.ts';
import type { Config } from './config.ts';

/** What config/read shows: as it is written, so `$env` by the variable's name; a secret that stands in the file is `***`. */
export function redactedConfig(config: Config): Json {
  return redact(config.written, []);
}

function redact(value: Json, path: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item) => redact(item, path));
  if (typeof value === 'string') return isSecret(path) ? '***' : withoutPassword(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && isSecret(path) ? '***' : value;
  if (isEnv(value)) return { $env: value['$env'] ?? null };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, redact(child, [...path, key])]));
}

function isEnv(value: { [key: string]: Json }): boolean {
  return typeof value['$env'] === 'string' && Object.keys(value).length === 1;
}

/** A header that carries a credential, and any key that nobody knows and whose name says so. */
function isSecret(path: readonly string[]): boolean {
  const name = path.at(-1) ?? '';
  const inHeaders = path.at(-2) === 'headers';
  if (inHeaders) return /auth|key|token|secret|cookie|password|credential/i.test(name);
  return /^(api[-_]?key|password|token|secret|authorization)$/i.test(name);
}

function withoutPassword(text: string): string {
  return text.replace(/^(\w+:\/\/)[^/@\s]*@/, '$1***@').replaceAll(/([?&](?:api[-_]?key|key|token|secret)=)[^&\s]*/gi, '$1***');
}
