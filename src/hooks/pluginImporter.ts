import { randomUUID } from 'node:crypto';
import { createRequire, findPackageJSON, registerHooks } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface ImportedModule {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Imports modules of plugins anew each time, with the files of their own that these import. */
export interface PluginImporter {
  /**
   * `specifier`: `./policy.ts` or an absolute path, else a package; both as seen from the file `from`. `onFile` hears of each
   * file that belongs to it, also when the import fails: a change of one is a reason to import it again. Packages stay as
   * they were first imported.
   */
  import(specifier: string, from: string, onFile: (path: string) => void): Promise<ImportedModule>;
  close(): void;
}

const versionKey = 'llm-sidecar';

/** What plugins import from us is ours, wherever they are and whether or not it is installed there. */
const ownModule = new URL(import.meta.url.endsWith('.ts') ? '../plugin/plugin.ts' : './plugin.js', import.meta.url).href;

export function createPluginImporter(): PluginImporter {
  const listeners = new Map<string, (path: string) => void>();
  // Node keeps every module for ever under its address: another address is another module. Files that a plugin imports
  // get the version of the file that imports them.
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const version = versionOf(context.parentURL);
      if (version === null) return nextResolve(specifier, context);
      if (specifier === 'llm-sidecar/plugin') return { url: ownModule, shortCircuit: true };
      const found = nextResolve(specifier, context);
      if (!isOwnFile(found.url) || context.conditions.includes('require')) return found;
      listeners.get(version)?.(fileURLToPath(found.url));
      return { ...found, url: withVersion(found.url, version) };
    },
  });
  return {
    async import(specifier, from, onFile) {
      const path = locate(specifier, from);
      const url = pathToFileURL(path).href;
      if (!isOwnFile(url)) return { exports: (await import(url)) as Record<string, unknown> };
      onFile(path);
      if (!existsSync(path)) throw new Error(`There is no file ${path}.`);
      const version = randomUUID();
      listeners.set(version, onFile);
      return { exports: (await import(withVersion(url, version))) as Record<string, unknown> };
    },
    close: () => hooks.deregister(),
  };
}

/** Where a plugin is; a package as Node finds it from the file that names it. Throws when there is none. */
export function locate(specifier: string, from: string): string {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier);
  if (/^\.\.?[/\\]/.test(specifier) || isAbsolute(specifier)) return resolve(dirname(from), specifier);
  try {
    return createRequire(from).resolve(specifier);
  } catch (error) {
    return importOnly(specifier, from) ?? notFound(specifier, from, error);
  }
}

/** The main module of a package that has one for `import` alone, which `require.resolve` does not see. */
function importOnly(specifier: string, from: string): string | null {
  try {
    const manifest = findPackageJSON(specifier, pathToFileURL(from));
    if (manifest === undefined) return null;
    const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: unknown };
    const main = conditionOf(typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports);
    return main === null ? null : resolve(dirname(manifest), main);
  } catch {
    return null;
  }
}

function conditionOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return null;
  for (const [condition, target] of Object.entries(value)) {
    if (condition === 'node' || condition === 'import' || condition === 'default') return conditionOf(target);
  }
  return null;
}

function notFound(specifier: string, from: string, error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
  throw new Error(
    `There is no package "${specifier}" in ${dirname(from)} or above. A file begins with ./ or ../, a package has to be installed there.`,
  );
}

function versionOf(url: string | undefined): string | null {
  return url?.includes(`?${versionKey}=`) === true ? new URL(url).searchParams.get(versionKey) : null;
}

function withVersion(url: string, version: string): string {
  const versioned = new URL(url);
  versioned.search = `?${versionKey}=${version}`;
  return versioned.href;
}

function isOwnFile(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/');
}
