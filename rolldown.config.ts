import { builtinModules } from 'node:module';
import { defineConfig, type Plugin } from 'rolldown';

// `module` is what the bundler's own runtime imports, and has nothing lazy.
const builtins = new Set(builtinModules.flatMap((name) => (name === 'module' ? [] : [name, `node:${name}`])));

/**
 * An ESM import of a builtin reads all its exports, the lazy ones too: `import 'node:http'` loads Node's whole fetch,
 * 20 ms of every start. Taken through `process.getBuiltinModule` it costs 2. Imports become property reads.
 */
const builtinsWithoutNamespaces: Plugin = {
  name: 'builtins-without-namespaces',
  resolveId: (id) => (builtins.has(id) ? { id: `\0${id}` } : null),
  load: (id) =>
    id.startsWith('\0') && builtins.has(id.slice(1))
      ? { code: `module.exports = process.getBuiltinModule('${id.slice(1)}');`, moduleType: 'js' }
      : null,
};

const shared = {
  platform: 'node',
  transform: { target: 'node24' },
} as const;

export default defineConfig([
  {
    ...shared,
    input: { main: 'src/launcher.ts' },
    plugins: [builtinsWithoutNamespaces],
    output: { dir: 'dist', format: 'esm', minify: true, banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''), cleanDir: true },
  },
  {
    ...shared,
    input: { index: 'client/index.ts' },
    external: ['zod'],
    output: { dir: 'dist', format: 'esm', chunkFileNames: 'client-[hash].js' },
  },
]);
