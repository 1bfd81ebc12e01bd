import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import { build, type Plugin } from 'rolldown';
import { compileAhead } from './src/build/compileAhead.ts';

// `module` is what the bundler's own runtime imports, and has nothing lazy.
const builtins = new Set(builtinModules.flatMap((name) => (name === 'module' ? [] : [name, `node:${name}`])));

/** What `pg` asks for and can do without. Left to `require`, which would be made at every start, 1 ms. */
const optional = 'pg-native';
/** What needs zod: files that become dist/contracts.js. */
const contracts = 'contracts';
const taken = (file: string): string => `process.getBuiltinModule('node:module').createRequire(import.meta.url)('./${file}')`;
const contractFiles = ['protocol/index.ts', 'protocol/messages.ts', 'src/lib/checkJson.ts'];

/**
 * An ESM import of a builtin reads all its exports, the lazy ones too: `import 'node:http'` loads Node's whole fetch,
 * 20 ms of every start. Taken through `process.getBuiltinModule` it costs 2, and our own code takes it when it first reads
 * one of its members. So it is with the contracts and zod, which are a file of their own: no host waits for them before it has
 * the answer to `initialize`.
 */
const loadedOnFirstUse: Plugin = {
  name: 'loaded-on-first-use',
  resolveId(id, importer = '') {
    if (id === contracts || id === optional) return { id: `\0${id}` };
    const isOurs = /^\/.*\/(src|protocol)\//.test(importer) && !importer.includes('/node_modules/');
    if (builtins.has(id)) {
      const lazy = (isOurs || importer.includes('/vscode-jsonrpc/')) && typeof process.getBuiltinModule(id) === 'object';
      return { id: `\0${lazy ? 'lazy' : 'eager'}:${id}` };
    }
    const isContract = contractFiles.some((file) => id.endsWith(file.replace(/^src/, '')));
    return isOurs && importer.includes('/src/') && isContract ? { id: `\0lazy:${contracts}` } : null;
  },
  load(id) {
    if (id === `\0${contracts}`) return contractFiles.map((file) => `export * from ${JSON.stringify(resolve(file))};`).join('\n');
    if (id === `\0${optional}`) return { code: `module.exports = null; throw Object.assign(new Error(), { code: 'MODULE_NOT_FOUND' });` };
    const [, when, name = ''] = /^\0(lazy|eager):(.+)$/.exec(id) ?? [];
    if (when === undefined) return null;
    const value = builtins.has(name) ? `process.getBuiltinModule('${name}')` : `(loaded ??= ${taken(`${contracts}.js`)})`;
    // Members of the prototype: the bundler copies those of the module itself, which would read them.
    const code = when === 'eager' ? value : `Object.create(new Proxy({}, { get: (_, member) => ${value}[member] }))`;
    return { code: `let loaded; module.exports = ${code};`, moduleType: 'js' };
  },
};

/**
 * Where an `import()` of a file that needs zod is under way, Node refuses to take zod, or the contracts, by `require`, which a request
 * that comes meanwhile would do. So they are taken before it.
 */
const zodFirst: Plugin = {
  name: 'zod-first',
  generateBundle(_, bundle) {
    const chunks = new Map(Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? [[output.fileName, output]] : [])));
    const withImports = (file: string, seen = new Set<string>()): Set<string> => {
      if (!seen.has(file)) for (const name of chunks.get(file)?.imports ?? []) withImports(name, seen.add(file));
      return seen;
    };
    for (const chunk of chunks.values()) {
      chunk.code = chunk.code.replace(/import\([`'"]\.\/([^`'"]+)[`'"]\)/g, (text, name: string) =>
        withImports(name).has('zod.js') ? `(${taken('zod.js')},${text})` : text,
      );
    }
  },
};

let isSorted = false;
/**
 * The list of prices sorts by the rules of a language to make keys of an index: 6 ms and 3 MB of Node's tables, for any order.
 * A version of the package that is written otherwise ends the build.
 */
const sortedByLetters: Plugin = {
  name: 'sorted-by-letters',
  transform(code, id) {
    if (!id.includes('/genai-prices/')) return null;
    const sorted = code.replace(/\.sort\(\(\[(\w+)\], \[(\w+)\]\) => \1\.localeCompare\(\2\)\)/, '.sort()');
    isSorted ||= sorted !== code;
    return sorted;
  },
  generateBundle() {
    if (!isSorted)
      this.error('The list of prices has no sort by localeCompare any more: see in the package whether this plugin is still needed.');
  },
};

/** One letter beyond Latin-1 would make V8 keep two bytes for every letter of a file, and read it more slowly. */
const writtenInAscii: Plugin = {
  name: 'written-in-ascii',
  generateBundle(_, bundle) {
    for (const output of Object.values(bundle)) {
      if (output.type === 'chunk')
        output.code = output.code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

/** dist/ holds copies of other people's work: their licences go with it. */
const thirdPartyLicenses: Plugin = {
  name: 'third-party-licenses',
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []));
    const folders = new Set(modules.flatMap((id) => /^\/.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
    this.emitFile({
      type: 'asset',
      fileName: 'THIRD-PARTY-LICENSES.txt',
      source: [...new Set([...folders].map(licenseOf))].toSorted().join('\n'),
    });
  },
};

function copied(folder: string, names: readonly string[]): Plugin {
  return {
    name: 'copied',
    generateBundle() {
      for (const fileName of names) this.emitFile({ type: 'asset', fileName, source: readFileSync(`${folder}/${fileName}`, 'utf8') });
    },
  };
}

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<string, string>;
  const files = readdirSync(folder).filter((file) => /^(licen[sc]e|notice)/i.test(file));
  return [
    `${name} ${version} (${license})`,
    '',
    ...(files.length > 0 ? files.map((file) => readFileSync(`${folder}/${file}`, 'utf8')) : [licenseInReadme(folder)]),
    '-'.repeat(80),
    '',
  ].join('\n');
}

/** Some packages have it there alone. */
function licenseInReadme(folder: string): string {
  const readme = readdirSync(folder).find((file) => /^readme/i.test(file));
  const [, text = ''] =
    /^#+ *licen[sc]e\b[^\n]*\n([^]*)/im.exec(readme === undefined ? '' : readFileSync(`${folder}/${readme}`, 'utf8')) ?? [];
  return text.trim();
}

const shared = { platform: 'node', transform: { target: 'node24' }, logLevel: 'warn' } as const;

// `npm run build` runs this file: the command line of rolldown cannot be kept from listing every chunk.
await build({
  ...shared,
  input: { main: 'src/main.ts', [contracts]: contracts },
  preserveEntrySignatures: 'allow-extension',
  plugins: [loadedOnFirstUse, zodFirst, sortedByLetters, writtenInAscii, thirdPartyLicenses],
  // Which builtins a chunk shares with others says nothing here.
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    chunkFileNames: ({ name }) => (name === 'zod' ? 'zod.js' : '[name]-[hash].js'),
    banner: (chunk) => (chunk.name === 'main' ? '#!/usr/bin/env node' : ''),
    cleanDir: true,
    // What answering `initialize` needs, in one file: as thirty, finding and linking them took a fifth of the start.
    codeSplitting: {
      groups: [
        { name: 'serve', test: /\/src\/serve\.ts$/ },
        // Of the contracts apart, for who reads a configuration alone.
        { name: 'zod', test: /\/node_modules\/zod\// },
        { name: contracts, test: /\0contracts/ },
      ],
    },
  },
});
await compileAhead('dist');
await build({
  ...shared,
  input: { index: 'client/index.ts', plugin: 'src/plugin/plugin.ts', protocol: 'protocol/index.ts' },
  external: ['zod'],
  output: { dir: 'dist', format: 'esm', chunkFileNames: 'client-[hash].js' },
});

// The page of `llm-sidecar admin`, for browsers.
await build({
  input: { page: 'src/admin/page/main.tsx' },
  platform: 'browser',
  transform: { target: 'es2023' },
  logLevel: 'warn',
  plugins: [thirdPartyLicenses, copied('src/admin/page', ['index.html', 'page.css'])],
  output: { dir: 'dist/admin', format: 'esm', minify: true, codeSplitting: false },
});
