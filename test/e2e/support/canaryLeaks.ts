/** A secret as nothing else in any output is: no six characters of it are a word, a number or hexadecimal. */
export function canary(seed: number): string {
  const letters = 'ghjkmnpqrstvwxyzGHJKMNPQRSTVWXYZ';
  let state = seed * 7919 + 17;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  return Array.from({ length: 12 }, () => `${letters[next(letters.length)]}${letters[next(letters.length)]}${next(10)}`).join('');
}

/** Of a secret, so many characters in a row are a leak. */
const telling = 6;

/** What of the secrets can be read in a text, whatever the way in which it is written there. Knows nothing of the redactor. */
export function leaksIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  const readings = readingsOf(text).map((reading) => reading.toLowerCase());
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const pieces = Array.from({ length: secret.length - telling + 1 }, (_, at) => secret.slice(at, at + telling).toLowerCase());
    for (const reading of readings)
      for (const piece of pieces) {
        const at = reading.indexOf(piece);
        if (at !== -1) return [`${name}: …${reading.slice(Math.max(0, at - 80), at + 60)}…`];
      }
    return [];
  });
}

function readingsOf(text: string): string[] {
  const unescaped = text
    .replaceAll(/\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/\\+(["\\/])/g, '$1')
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16) % 0x10_ff_ff))
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code) % 0x10_ff_ff));
  const fromUrl = unescaped.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const hex = [...fromUrl.matchAll(/(?:[0-9a-f]{2}){8,}/gi)].flatMap(([word]) => [decode(word, 'hex'), decode(word.slice(1), 'hex')]);
  const base64 = [...fromUrl.matchAll(/[\w+/-]{12,}/g)].flatMap(([word]) => [0, 1, 2, 3].map((skip) => decode(word.slice(skip), 'base64')));
  return [text, unescaped, fromUrl, [...hex, ...base64].join('\n')];
}

function decode(word: string, encoding: 'hex' | 'base64'): string {
  return Buffer.from(word, encoding).toString('latin1');
}
