import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openAdmin } from '../../../src/admin/openAdmin.ts';
import { openApp } from '../../../src/app.ts';
import { cleanEnvironment, folderWith } from '../../cli/support/folder.ts';
import { startCli } from '../../cli/support/runCli.ts';

export const encryptionKey = 'nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=';

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: any;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

interface Opened {
  readonly folder: string;
  /** With the token. */
  readonly url: string;
  readonly origin: string;
}

/** The page in this process, on files in a folder of its own. */
export async function openPage(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  actor: { id: string } | null = null,
): Promise<Opened & { readonly logged: string[] }> {
  return openPageIn(folderWith(files), env, actor);
}

export async function openPageIn(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  actor: { id: string } | null = null,
): Promise<Opened & { readonly logged: string[] }> {
  const logged: string[] = [];
  const environment = { ...cleanEnvironment(folder, env), ENCRYPTION_KEY: encryptionKey, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  const app = await openApp({ configPath: undefined, env: environment, cwd: folder, write: (line) => void logged.push(line) });
  const page = await openAdmin({ app, env: environment, actor, newConfigPath: join(folder, 'llm-sidecar.yaml'), port: 0 });
  onTestFinished(async () => {
    await page.close();
    await app.close();
  });
  return { folder, url: page.url, origin: page.origin, logged };
}

/** A real `llm-sidecar admin`. */
export async function startPage(folder: string, env: Readonly<Record<string, string>> = {}, words: readonly string[] = []) {
  const started = startCli(['admin', '--no-open', ...words], { folder, env: { ENCRYPTION_KEY: encryptionKey, ...env }, input: null });
  let out = '';
  started.child.stdout.on('data', (chunk: string) => (out += chunk));
  await started.wrote('out', '\n');
  const url = out.trim();
  return { folder, url, origin: new URL(url).origin, child: started.child, ended: started.ended };
}

export async function enterPage(...opened: Parameters<typeof openPage>) {
  return enter(await openPage(...opened));
}

/** The same, with the cookie in hand. */
export async function enter<Page extends Opened>(page: Page) {
  const { headers } = await ask(page.url);
  const [, cookie = '', path = ''] = /^([^;]+);.*; Path=(.+)\/$/.exec(headers['set-cookie']?.[0] ?? '') ?? [];
  const { origin } = page;
  const base = `${origin}${path}`;
  return {
    ...page,
    cookie,
    /** Where the page is. */
    base,
    get: async (path: string, options: AskOptions = {}) => ask(`${base}${path}`, { ...options, headers: { cookie, ...options.headers } }),
    post: async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      ask(`${base}${path}`, { method: 'POST', body, headers: { cookie, origin, ...headers } }),
    /** The state of the configuration as it is told, for as long as the test takes. */
    events: () => listen(`${base}/api/events`, cookie),
  };
}

/** Without the freedoms of `fetch`, which forbids some headers. */
export async function ask(url: string, { method = 'GET', headers = {}, body }: AskOptions = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) }));
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function listen(url: string, cookie: string) {
  const states: any[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  const sent = request(url, { headers: { cookie } }, (response) => {
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) if (part.startsWith('event: config')) states.push(JSON.parse(part.slice(part.indexOf('data: ') + 6)));
      for (const look of waiting) look();
    });
  });
  sent.on('error', () => {});
  sent.end();
  onTestFinished(() => void sent.destroy());
  return {
    /** Resolves with the first state like that. */
    until: async (isIt: (state: any) => boolean): Promise<any> =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = states.find((state) => isIt(state));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}
