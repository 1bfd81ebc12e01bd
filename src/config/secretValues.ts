import type { Json } from '../../protocol/index.ts';
import { secretsInAddress, secretsInHeader } from '../lib/credentials.ts';
import { hasKeyPrefix, looksLikeKey } from './looksLikeKey.ts';
import { isEnv, isSecretName, secretInWord, wordAfterSecretFlag } from './secretPlaces.ts';

/**
 * Every secret that a configuration holds, for the redactor of the process: what stands in the file, at the place of one or
 * looking like one, and what comes from `$env` at such a place. `written` is the file, `resolved` the same with `$env`
 * replaced; what is only in one of them counts as well, as in a file that is refused.
 */
export function secretValues(written: unknown, resolved: unknown): string[] {
  const found = new Set<string>();
  const add = (texts: readonly string[]): void => texts.forEach((text) => text !== '' && found.add(text));
  const walk = (value: unknown, now: unknown, path: readonly string[]): void => {
    if (isEnv(value as Json | undefined)) return add(isPlain(now) ? fromEnv(String(now), path) : []);
    if (Array.isArray(value)) {
      return value.forEach((item: unknown, index) => {
        if (wordAfterSecretFlag(value as Json[], index) && isPlain(item)) add([String(item)]);
        walk(item, member(now, index), [...path, String(index)]);
      });
    }
    if (typeof value !== 'object' || value === null) return add(isPlain(value) ? inFile(String(value), path) : []);
    for (const [name, child] of Object.entries(value)) {
      if (hasKeyPrefix(name)) add([name]);
      walk(child, member(now, name), [...path, name]);
    }
  };
  walk(written, resolved, []);
  return [...found];
}

function inFile(text: string, path: readonly string[]): string[] {
  const own = isSecretName(path) || hasKeyPrefix(text) ? secretsInHeader(text) : [];
  const word = secretInWord(text);
  return [...own, ...(word === undefined ? [] : secretsInHeader(word)), ...secretsInAddress(text)];
}

/** All of a header, and of what an MCP server is started with: who takes it from a variable has a reason. */
function fromEnv(text: string, path: readonly string[]): string[] {
  const [room, , member] = path;
  const given =
    path.at(-2) === 'headers' || room === 'secrets' || (room === 'mcp_servers' && ['env', 'args', 'url'].includes(member ?? ''));
  const parts = given && URL.canParse(text) ? new URL(text).pathname.split('/').filter(looksLikeKey) : [];
  return [...(given ? secretsInHeader(text) : []), ...inFile(text, path), ...parts];
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function member(value: unknown, name: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[name] : undefined;
}
