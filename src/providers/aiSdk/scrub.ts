import type { Message } from '../../../protocol/index.ts';

export type Scrub = (text: string) => string;

const longest = 500;

/**
 * Takes the key and quotations of the prompt out of what a provider said. Providers quote both: a bad key masked or whole,
 * the message they object to.
 */
export function createScrub(secrets: readonly string[], prompt: () => string): Scrub {
  return (text) => withoutQuotes(withoutSecrets(text, secrets).slice(0, longest), prompt());
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

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    const forms = new Set([
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ]);
    for (const form of forms) clean = clean.replaceAll(form, '[key]');
  }
  // A masked key still tells its ends: sk-pr***********abcd
  return clean.replace(/[\w-]*\*{3,}[\w-]*/g, '[key]');
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
