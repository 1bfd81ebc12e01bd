import { existsSync, globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clientNotifications, clientRequests, serverNotifications, serverRequests } from '../protocol/messages.ts';

/** Who may import whom. A name with a file is that file alone; `type ` before it: types alone. */
const pure = ['protocol', 'lib', 'policy', 'pricing', 'catalogue'];
const adapter = [
  'store',
  'protocol',
  'lib',
  'catalogue',
  'policy/rules',
  'type policy',
  'type pricing',
  'type engine/ports',
  'type engine/moneyPorts',
  'type engine/conversationStore',
  'type engine/secretsPorts',
  'type engine/snapshot',
];
const rooms: Record<string, string[]> = {
  protocol: [],
  client: ['protocol'],
  lib: ['protocol'],
  policy: pure,
  pricing: pure,
  catalogue: pure,
  engine: pure,
  config: [...adapter, 'policy/moneyRules', 'policy/window', 'pricing/price'],
  keys: adapter,
  gates: ['lib', 'type policy', 'type engine/gatePorts'],
  attachments: adapter,
  providers: [...adapter, 'policy/timeouts'],
  hooks: [...adapter, 'type engine/telemetryPort', 'type plugin'],
  plugin: ['type protocol'],
  ledger: [...adapter, 'pricing/add', 'pricing/price'],
  tools: adapter,
  conversations: adapter,
  history: [...adapter, 'type engine/history', 'policy/days', 'pricing/price'],
  telemetry: [...adapter, 'type engine/telemetryPort'],
  store: ['protocol', 'lib'],
  rpc: ['protocol', 'lib'],
  pump: ['protocol', 'lib'],
  schema: ['protocol'],
  binary: [],
  build: [],
  session: ['protocol', 'lib', 'engine', 'pump'],
  methods: ['protocol', 'lib', 'engine', 'session', 'schema', 'rpc/errors'],
  admin: [
    'protocol',
    'lib',
    'engine',
    'policy',
    'config',
    'catalogue/suggest',
    'providers/index',
    'session/promptTranslation',
    'rpc/errors',
    'type app',
    'version',
  ],
  cli: [
    'admin/openAdmin',
    'protocol',
    'lib',
    'engine',
    'session',
    'schema',
    'policy',
    'pricing/add',
    'config',
    'providers/index',
    'keys/writeKeysFile',
    'keys/fernet',
    'rpc/errors',
    'app',
    'type healthChecks',
    'version',
  ],
};
/** These put the rooms together and may import all of them. */
const roots = /^src\/[^/]+\.ts$/;

/** Where a package or a part of Node may be imported. What is not listed may be imported nowhere. */
const packages: [name: RegExp, importers: RegExp][] = [
  [/^zod$/, /^(protocol|src\/(schema|config|rpc|admin))\/|^src\/lib\/checkJson\.ts$/],
  [/^vscode-jsonrpc\/node$/, /^(protocol\/framing|src\/rpc|client)\//],
  [/^(@ai-sdk\/|@openrouter\/ai-sdk-provider$)/, /^src\/providers\/(aiSdk\/|readers\/|[^/]+\.ts$)/],
  [/^eventsource-parser$/, /^src\/providers\/readers\//],
  [/^@pydantic\/genai-prices$/, /^src\/pricing\//],
  [/^yaml$/, /^src\/config\//],
  [/^@modelcontextprotocol\/client(\/stdio)?$/, /^src\/tools\//],
  [/^chokidar$/, /^src\/config\/watch\.ts$/],
  [/^kysely$/, /^src\/(store|ledger|history|keys|conversations)\//],
  [/^@opentelemetry\/api$/, /^src\/telemetry\//],
  [/^rolldown(\/parseAst)?$/, /^src\/(binary\/build|build\/compileAhead)\.ts$/],
  [/^(preact(\/hooks)?|chart\.js)$/, /^src\/admin\/page\//],
  [/^marked$/, /^src\/cli\/markdown\//],
  [/^limiter$/, /^src\/gates\//],
  [/^pg$/, /^src\/store\/openPostgres\.ts$/],
  [/^node:sqlite$/, /^src\/store\//],
  [/^node:(buffer|stream)$/, /^protocol\/framing\//],
  [/^node:(crypto|timers\/promises)$/, /^src\/(engine|session)\//],
  [
    /^node:/,
    /^(client|src\/(lib|config|keys|attachments|providers|hooks|ledger|history|store|telemetry|tools|rpc|pump|schema|binary|build|cli|admin(?!\/page\/))\/|src\/[^/]+\.ts$)/,
  ],
];

const providerIds = ['openai', 'anthropic', 'google', 'mistral', 'groq', 'deepseek', 'xai', 'cohere', 'openrouter'];

const root = new URL('../', import.meta.url);
const files = globSync('{src,client,protocol}/**/*.{ts,tsx}', { cwd: root.pathname }).toSorted();
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');

describe('imports', () => {
  test('stay within what a room may know', () => {
    const wrong = files.flatMap((file) =>
      localImports(file)
        .filter(({ target, type }) => !mayImport(file, target, type))
        .map(({ target }) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('of packages and of Node stay where they belong', () => {
    const wrong = files.flatMap((file) =>
      packageImports(file)
        .filter((name) => !packages.some(([known, importers]) => known.test(name) && importers.test(file)))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the code', () => {
  test.each([
    ['keeps no state in a module', files, /^(export )?(let|var) /m],
    [
      'waits for nothing in a pure room',
      inRooms(/^src\/(policy|catalogue|pricing)\/(?!genaiPrices\.ts)/),
      /\b(async|await|Promise)\b(?=[ <(])/,
    ],
    ['reads no environment in a pure room or the engine', inRooms(/^src\/(policy|catalogue|pricing|engine)\//), /\bprocess\.|\bconsole\./],
    ['re-exports in two places alone', inRooms(/^(?!protocol\/index\.ts|client\/index\.ts)/), /^export (type )?(\*|\{[^}]*\}) from /m],
    [
      'asks for no provider by name outside its own file',
      inRooms(new RegExp(`^(?!src/providers/(${providerIds.join('|')})\\.ts|src/config/extraOpenaiModels\\.ts)`)),
      providerBranch(),
    ],
    ['knows nothing of JSON-RPC, YAML or SQL in the engine', inRooms(/^src\/engine\//), /\b(jsonrpc|yaml|sql|select .+ from)\b/i],
  ])('%s', (_, among, pattern) => {
    expect(among.filter((file) => pattern.test(code(file)))).toEqual([]);
  });
});

describe('a wire method is its path', () => {
  const registered = [clientRequests, clientNotifications, serverRequests, serverNotifications].flatMap((table) => Object.keys(table));
  const handled = [...Object.keys(clientRequests), ...Object.keys(clientNotifications)].filter((method) => !method.startsWith('$/'));

  test('in protocol/', () => {
    const contracts = files.filter((file) => file.startsWith('protocol/') && /= define(Request|Notification)\(/.test(read(file)));
    expect(contracts).toEqual([...new Set(registered.map((method) => `protocol/${pathOf(method)}.ts`))].toSorted());
  });

  test.each(handled)('%s has its handler and its test', (method) => {
    const expected = [`src/methods/${pathOf(method)}.ts`, `test/methods/${pathOf(method)}.test.ts`];
    expect(expected.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });

  test('and nothing else is in a namespace of src/methods/', () => {
    const methods = handled.map((method) => `src/methods/${pathOf(method)}.ts`);
    expect(files.filter((file) => /^src\/methods\/.+\//.test(file) && !methods.includes(file))).toEqual([]);
  });

  test('and a handler only translates: 40 lines at most', () => {
    const long = handled
      .map((method) => `src/methods/${pathOf(method)}.ts`)
      .filter((file) => files.includes(file) && read(file).split('\n').length > 41);
    expect(long).toEqual([]);
  });
});

function inRooms(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(file));
}

function pathOf(method: string): string {
  return method.replace('$/', '').replace('.', '/');
}

function roomOf(file: string): string {
  return (
    file
      .replace(/^src\//, '')
      .split('/')[0]
      ?.replace(/\.ts$/, '') ?? ''
  );
}

function mayImport(file: string, target: string, type: boolean): boolean {
  if (roots.test(file) || roomOf(file) === roomOf(target)) return true;
  if (file === 'src/schema/openRpcDocument.ts' && target === 'docs/openrpc.json') return true;
  const targets = [roomOf(target), target.replace(/^src\/|\.ts$/g, '')];
  return targets.some((name) => rooms[roomOf(file)]?.includes(name) || (type && rooms[roomOf(file)]?.includes(`type ${name}`)));
}

function localImports(file: string): { target: string; type: boolean }[] {
  return imports(file)
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from, type }) => ({ target: posix.join(posix.dirname(file), from), type }));
}

function packageImports(file: string): string[] {
  return imports(file).flatMap(({ from }) => (from.startsWith('.') ? [] : [from]));
}

function imports(file: string): { from: string; type: boolean }[] {
  const statements = code(file).matchAll(/^(?:import|export)\s(type\s)?(?:[^'";]*?\sfrom\s)?\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm);
  return [...statements].map(([, type, statically, dynamically]) => ({ from: statically ?? dynamically ?? '', type: type !== undefined }));
}

/** The text without comments. */
function code(file: string): string {
  return read(file).replace(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

function providerBranch(): RegExp {
  const id = `['"](${providerIds.join('|')})['"]`;
  return new RegExp(`[!=]==\\s*${id}|${id}\\s*[!=]==|\\bcase\\s+${id}|\\b(includes|startsWith|endsWith|has)\\(${id}\\)`);
}
