import type { Json } from '../../protocol/index.ts';

export function isEnv(value: Json | undefined): value is { $env: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return typeof value['$env'] === 'string' && Object.keys(value).length === 1;
}

/** A header or a variable of a server that carries a credential, and any key that nobody knows and whose name says so. */
export function isSecretName(path: readonly string[]): boolean {
  const name = path.at(-1) ?? '';
  const inTexts = path.at(-2) === 'headers' || (path.at(-2) === 'env' && path.at(-4) === 'mcp_servers');
  if (inTexts) return /auth|key|token|secret|cookie|password|credential/i.test(name);
  // An encryption key, which belongs into a variable.
  if (path[0] === 'secrets' && name === 'key') return true;
  return /(api[-_]?key|password|token|secret|authorization)$/i.test(name);
}

/** `--token=…` and `Authorization: …` among the words of a command: what they carry. */
export function secretInWord(text: string): string | undefined {
  return secretWord.exec(text)?.[2];
}

export function withoutSecretInWord(text: string): string {
  return text.replace(secretWord, '$1***');
}

const secretWord =
  /^(--?[\w-]*(?:key|token|secret|password|auth|header)=|[\w-]*(?:auth|key|token|secret|cookie|password)[\w-]*: *)(\S.*)$/is;

/** `[--token, …]`: the word after it is the secret. */
export function wordAfterSecretFlag(words: readonly Json[], index: number): boolean {
  const before = words[index - 1];
  return typeof before === 'string' && /^--?[\w-]*(key|token|secret|password)$/i.test(before);
}
