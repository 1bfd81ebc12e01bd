/** Finds secrets in text, as they are and as programs write them in URLs, JSON, HTML and headers. */
export interface SecretPattern {
  readonly expression: RegExp;
  /** Of what the expression finds, the longest. Characters. */
  readonly longest: number;
}

/** From this length on a secret is found wherever it stands, in any case. Characters. */
const longEnough = 8;

/** From this length on it is found as a word of its own, unless it is a word or a number that innocent text has as well. */
const longEnoughAsWord = 4;

/** What people write where a key has to stand and none is needed. It hides nothing, and other text is full of it. */
const hidesNothing: ReadonlySet<string> = new Set([
  'anything',
  'lm-studio',
  'localhost',
  'no-key-required',
  'not-needed',
  'password',
  'placeholder',
  'postgres',
  'required',
]);

/** undefined: there is nothing to find. */
export function secretPattern(values: Iterable<string>): SecretPattern | undefined {
  const secrets = [...new Set([...values].flatMap(partsOf))].filter(isTelling).toSorted((a, b) => b.length - a.length);
  if (secrets.length === 0) return undefined;
  const longest = Math.max(...secrets.map((secret) => Buffer.byteLength(secret) * longestEscape)) + mostAround;
  return { expression: new RegExp([...grouped(secrets.flatMap(formsOf)), ...maskedForms(secrets)].join('|'), 'gi'), longest };
}

/**
 * The beginning of a text, without secrets: `length` characters at most. Text far behind it is not looked at, and a secret
 * that is cut by that is left out as well.
 */
export function cleanHead(text: string, pattern: SecretPattern | undefined, { length, put }: { length: number; put: string }): string {
  if (pattern === undefined) return text.slice(0, length);
  const enough = length * 8 + pattern.longest;
  const clean = text.slice(0, enough).replace(pattern.expression, () => put);
  return (text.length > enough ? clean.slice(0, Math.max(0, clean.length - pattern.longest)) : clean).slice(0, length);
}

/** `\u0041` */
const longestEscape = 6;

/** What a masked key may have before and after the mask. Characters. */
const mostAround = 128;

/** A secret of several lines, such as a PEM file, may be written line by line. */
function partsOf(value: string): string[] {
  const whole = value.trim();
  if (!/[\r\n]/.test(whole)) return [whole];
  return [whole, ...whole.split(/[\r\n]+/).filter((line) => line.length >= 16 && !line.startsWith('-----'))];
}

function isTelling(secret: string): boolean {
  if (hidesNothing.has(secret.toLowerCase())) return false;
  return secret.length >= longEnough || isWord(secret);
}

/** `ollama` and `8080` are not taken for secrets, `k3y-1` is. */
function isWord(secret: string): boolean {
  return secret.length >= longEnoughAsWord && /\d/.test(secret) && /\D/.test(secret);
}

function formsOf(secret: string): string[] {
  if (secret.length < longEnough) return [`(?-i:(?<![\\w-])${written(secret)}(?![\\w-]))`];
  const bytes = Buffer.from(secret);
  const each = (prefix: string, texts: readonly string[]): string => texts.map((text) => prefix + text).join('');
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  return [
    written(secret),
    ...partsThatTell(secret),
    each('%', hex),
    each(String.raw`\\{1,8}u`, units(secret)),
    hex.join(''),
    ...[0, 1, 2].map((offset) => inBase64(bytes, offset)),
  ];
}

/** Whoever quotes a key may cut it: its first half with what follows in the same word, and its last. */
function partsThatTell(secret: string): string[] {
  if (secret.length < 24 || !/^(?=.*\d)\S+$/.test(secret)) return [];
  return [`${written(secret.slice(0, 16))}[\\w-]{0,256}`, written(secret.slice(-16))];
}

/** Letters and digits as they are; what is more may be escaped in the ways of URLs, JSON and HTML, each for itself. */
function written(secret: string): string {
  return Array.from(secret, (character) => (/^[a-z0-9]$/i.test(character) ? character : escaped(character))).join('');
}

function escaped(character: string): string {
  const [unit = ''] = units(character);
  const code = character.codePointAt(0) ?? 0;
  const percent = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const json = units(character)
    .map((each) => String.raw`\\{1,8}u${each}`)
    .join('');
  const html = `&#(?:0*${code}|x0*${code.toString(16)});`;
  const names = htmlNames[character];
  const itself = units(character)
    .map((each) => String.raw`\u${each}`)
    .join('');
  const plain = code < 0x20 ? itself : String.raw`\\{0,8}${itself}`;
  const short = jsonNames[character];
  return `(?:${[
    plain,
    percent,
    json,
    html,
    ...(unit === '0020' ? [String.raw`\+`] : []),
    ...(names === undefined ? [] : [`&${names};`]),
    ...(short === undefined ? [] : [String.raw`\\{1,8}${short}`]),
  ].join('|')})`;
}

const htmlNames: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };
const jsonNames: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' };

/** UTF-16, as `\u` wants it. */
function units(text: string): string[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index).toString(16).padStart(4, '0'));
}

/**
 * In the base64 of a longer text, such as `user:password`, with `offset` bytes of a group before it: the characters that
 * depend on it alone.
 */
function inBase64(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const ends = ((offset + bytes.length) * 8) % 6 === 0;
  const own = encoded.slice(offset === 0 ? 0 : offset + 1, ends ? undefined : -1);
  // The last character, with bits of what follows, or with none, and then the filling.
  const tail = ends ? '' : String.raw`(?:[\w+/-](?:=|%3d){0,2})?`;
  return own.replaceAll('+', '(?:[+-]|%2b)').replaceAll('/', '(?:[/_]|%2f)') + tail;
}

/** By the first character, so that where no secret begins next to nothing is tried. The longest stays the first. */
function grouped(forms: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const form of new Set(forms)) {
    const first = /^(?:[a-z0-9%]|\\\\\{1,8\}u)/i.exec(form)?.[0].toLowerCase() ?? '';
    groups.set(first, [...(groups.get(first) ?? []), form.slice(first.length)]);
  }
  return [...groups].map(([first, rests]) => `${first}(?:${rests.join('|')})`);
}

/** Providers quote keys as `sk-ab***wxyz` and `sk-...wxyz`: the beginning with the mask, and the mask with the end. */
function maskedForms(secrets: readonly string[]): string[] {
  const maskable = secrets.filter((secret) => secret.length >= 12 && /^(?=.*\d)\S+$/.test(secret));
  if (maskable.length === 0) return [];
  const ends = (from: number, to?: number): string => [...new Set(maskable.map((secret) => written(secret.slice(from, to))))].join('|');
  const mask = String.raw`(?:(?<!\*)\*{2,}|(?<!\.)\.{3,}|(?<!…)…+|(?<!•)•{2,}|(?<!x)x{4,}|(?<!#)#{3,}|(?<!-)-{4,})`;
  const around = String.raw`[\w-]{0,64}`;
  return [String.raw`(?:${ends(0, 4)})${around}${mask}${around}`, String.raw`${mask}${around}(?:${ends(-4)})(?![\w-])`];
}
