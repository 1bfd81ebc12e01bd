import { createRequire, registerHooks } from 'node:module';
import { getAsset } from 'node:sea';
import { pathToFileURL } from 'node:url';

/**
 * What the executable runs. The files of dist/ are in it as they are in the package and are imported as if they lay in a
 * folder beside it, so that what the command loads only when it needs it is loaded so here too, and V8 finds what it has
 * compiled before.
 */
const folder = new URL('llm-sidecar.dist/', pathToFileURL(process.execPath)).href;
// A module of Node's own loader, as this script is not: its `import()` may import files, a plugin's for one.
const first = 'first.cjs';

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isOwn = specifier.startsWith(folder) || (context.parentURL?.startsWith(folder) === true && specifier.startsWith('./'));
    if (!isOwn) return nextResolve(specifier, context);
    const { href } = new URL(specifier, context.parentURL);
    return { url: href, format: href === folder + first ? 'commonjs' : 'module', shortCircuit: true };
  },
  load(url, context, nextLoad) {
    if (!url.startsWith(folder)) return nextLoad(url, context);
    if (url === folder + first) return { format: 'commonjs', source: `import('./main.js');`, shortCircuit: true };
    return { format: 'module', source: getAsset(url.slice(folder.length), 'utf8'), shortCircuit: true };
  },
});

createRequire(folder)(`./${first}`);
