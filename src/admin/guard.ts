import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may come in: the browser that brought the token, from the page itself. */
export interface Guard {
  readonly token: string;
  /** Where the page is, which nobody else can guess: `/…`. */
  readonly path: string;
  /** What is wrong with where a request comes from; null: nothing. */
  refuseOrigin(request: IncomingMessage): string | null;
  /** The cookie for who brings the token, once; null: it is another one, or was brought before. */
  exchange(token: string): string | null;
  /** Whether a request has the cookie. */
  knows(request: IncomingMessage): boolean;
}

export function createGuard(port: number): Guard {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  // Browsers send cookies to every port of a host. That of another page has another name, and no server but this one is ever
  // asked for this path.
  const cookieName = `llm-sidecar-admin-${port}`;
  const path = `/${randomBytes(16).toString('base64url')}`;
  const token = randomBytes(32).toString('base64url');
  const session = randomBytes(32).toString('base64url');
  let used = false;
  return {
    token,
    path,
    refuseOrigin({ headers, method = '' }) {
      // A name that resolves to 127.0.0.1 is how other sites reach servers like this one.
      if (headers.host === undefined || !hosts.includes(headers.host)) return 'The page is not served under this name.';
      const site = headers['sec-fetch-site'];
      const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
      if (site !== undefined && site !== 'same-origin' && !isVisit) return 'Another page has asked for this.';
      if (['GET', 'HEAD'].includes(method)) return null;
      if (headers.origin !== `http://${headers.host}`) return 'Only the page itself may change anything.';
      return null;
    },
    exchange(given) {
      if (used || !isSame(given, token)) return null;
      used = true;
      return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=${path}/`;
    },
    knows({ headers }) {
      if (!used) return false;
      const cookies = (headers.cookie ?? '').split(/;\s*/).map((one) => one.split('='));
      return cookies.some(([name, value = '']) => name === cookieName && isSame(value, session));
    },
  };
}

function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
