/** The secrets in the value of a header or a variable: without the word before it, and what `Basic` and cookies hold. */
export function secretsInHeader(value: string): string[] {
  const [, scheme = '', bare = value] = /^\s*(bearer|basic|token|apikey)[ :]+(\S.*)$/i.exec(value) ?? [];
  const user = scheme.toLowerCase() === 'basic' ? Buffer.from(bare, 'base64').toString('utf8') : '';
  const cookies = /^[\w-]+=[^;]+(;|$)/.test(bare) ? bare.split(/; */).map((cookie) => cookie.slice(cookie.indexOf('=') + 1)) : [];
  return [bare, ...passwordOf(user), ...cookies].filter((secret) => secret !== '');
}

/** The secrets in addresses: user and password, and parameters by the name of one. */
export function secretsInAddress(text: string): string[] {
  const found: string[] = [];
  for (const [, user = ''] of text.matchAll(userInAddress))
    found.push(...[user, decoded(user)].flatMap(passwordOf), inBasic(decoded(user)));
  for (const [, , secret = ''] of text.matchAll(secretParameter)) found.push(secret, decoded(secret));
  return [...new Set(found.filter((secret) => secret !== ''))];
}

/** The same address with `***` in their places. */
export function withoutAddressSecrets(text: string): string {
  return text
    .replaceAll(userInAddress, (all: string, user: string) => all.replace(`${user}@`, () => '***@'))
    .replaceAll(secretParameter, '$1***');
}

/** To the last `@` before the path: a password may have one that nobody escaped. */
const userInAddress = /\b[a-z][a-z\d+.-]*:\/\/([^/?#\s]*)@/gi;
const secretParameter = /([?&](?:[\w.-]*(?:key|token|secret|password|passwd|signature)|sig|auth|code)=)([^&#\s]*)/gi;

/** What is sent for it: a secret of its own. */
function inBasic(user: string): string {
  return user === '' ? '' : Buffer.from(user.includes(':') ? user : `${user}:`).toString('base64');
}

function passwordOf(user: string): string[] {
  const colon = user.indexOf(':');
  if (colon === -1) return [user];
  const password = user.slice(colon + 1);
  // Together they are found also where the password alone is too short.
  return password === '' ? [user.slice(0, colon)] : [password, user];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
