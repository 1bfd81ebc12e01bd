import type { Message } from '../../../protocol/index.ts';
import { secretsInAddress, secretsInHeader } from '../../lib/credentials.ts';
import { cleanHead, secretPattern, type SecretPattern } from '../../lib/secretPattern.ts';

export type Scrub = (text: string) => string;

const longest = 500;

/** A masked key still tells its ends: sk-pr***********abcd */
const masked = /[\w-]{0,64}(?<!\*)\*{3,}[\w-]*/g;

/**
 * Takes secrets (a key, the values of headers, what an address carries) and quotations of the prompt out of what a provider
 * said. Providers quote both: a bad key masked or whole, the message they object to.
 */
export function createScrub(secrets: readonly string[], prompt: () => string): Scrub {
  const values = secrets.flatMap((secret) => (URL.canParse(secret) ? secretsInAddress(secret) : secretsInHeader(secret)));
  let pattern: SecretPattern | undefined;
  return (text) => {
    pattern ??= secretPattern(values);
    const clean = cleanHead(text, pattern, { length: longest, put: '[key]' });
    return withoutQuotes(clean.replace(masked, '[key]'), prompt());
  };
}

/** All text of a prompt, for createScrub. */
export function promptText(system: string | undefined, messages: readonly Message[]): string {
  const texts = messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? [content]
      : content.flatMap((part) => ('text' in part && typeof part.text === 'string' ? [part.text] : [])),
  );
  return [system ?? '', ...texts].join('\n');
}

/** Quotations of 32 characters and more are always found: each holds a whole window of 16 at a multiple of 16. */
function withoutQuotes(text: string, prompt: string): string {
  const window = 16;
  let clean = '';
  let copied = 0;
  for (let at = 0; at + window <= text.length; at += window) {
    if (at < copied || !prompt.includes(text.slice(at, at + window))) continue;
    let start = at;
    let end = at + window;
    while (start > copied && prompt.includes(text.slice(start - 1, end))) start--;
    while (end < text.length && prompt.includes(text.slice(start, end + 1))) end++;
    clean += `${text.slice(copied, start)}[prompt]`;
    copied = end;
    at = end - (end % window) - window;
  }
  return clean + text.slice(copied);
}
