import type { Json } from '../../protocol/index.ts';
import type { Config } from './config.ts';
import { hasKeyPrefix } from './looksLikeKey.ts';

/** What config/read shows: as it is written, so `$env` by the variable's name; a secret that stands in the file is `***`. */
export function redactedConfig(config: Config): Json {
  return redact(config.written, []);
}

/** Credentials that are headers or go to MCP servers, for the redactor of the process: those by name, and all from `$env`. */
export function secretHeaderValues({ values, written }: Config): string[] {
  const { providers = {}, mcp_servers: servers = {} } = values;
  const groups = [
    ...Object.entries(providers).map(([name, { headers }]) => [['providers', name, 'headers'], headers] as const),
    ...Object.entries(servers).flatMap(([name, { headers, env }]) => [
      [['mcp_servers', name, 'headers'], headers] as const,
      [['mcp_servers', name, 'env'], env] as const,
    ]),
  ];
  const words = Object.entries(servers).flatMap(([name, { args = [], url }]) => [
    ...args.map((word, index) => [['mcp_servers', name, 'args', String(index)], word] as const),
    [['mcp_servers', name, 'url'], url ?? ''] as const,
  ]);
  const fromEnv = words.flatMap(([path, word]) => (isEnv(memberAt(written, path)) ? [String(word)] : []));
  const secrets = groups.flatMap(([path, texts = {}]) =>
    Object.entries(texts)
      .filter(([name]) => isSecret([...path, name]) || isEnv(memberAt(written, [...path, name])))
      .map(([, value]) => String(value).replace(/^(bearer|basic|token) +/i, '')),
  );
  return [...secrets, ...fromEnv];
}

function redact(value: Json, path: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item) => redact(item, path));
  if (typeof value === 'string') return isSecret(path) || hasKeyPrefix(value) ? '***' : withoutPassword(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && isSecret(path) ? '***' : value;
  if (isEnv(value)) return { $env: value.$env };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, redact(child, [...path, key])]));
}

function isEnv(value: Json | undefined): value is { $env: string } {
  return typeof memberAt(value, ['$env']) === 'string' && Object.keys(value ?? {}).length === 1;
}

function memberAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as { [key: string]: Json })[key] : undefined),
    value,
  );
}

/** A header or a variable of a server that carries a credential, and any key that nobody knows and whose name says so. */
function isSecret(path: readonly string[]): boolean {
  const name = path.at(-1) ?? '';
  const inTexts = path.at(-2) === 'headers' || (path.at(-2) === 'env' && path.at(-4) === 'mcp_servers');
  if (inTexts) return /auth|key|token|secret|cookie|password|credential/i.test(name);
  return /(api[-_]?key|password|token|secret|authorization)$/i.test(name);
}

function withoutPassword(text: string): string {
  return text
    .replace(/^(\w+:\/\/)[^/@\s]*@/, '$1***@')
    .replace(/^(--?[\w-]*(?:key|token|secret|password)=).+/i, '$1***')
    .replaceAll(/([?&](?:api[-_]?key|key|token|secret)=)[^&\s]*/gi, '$1***');
}
