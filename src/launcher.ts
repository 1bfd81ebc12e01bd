// Becomes dist/main.js, the command. It has to be understood by Node versions that the rest is too new for.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 24 || (major === 24 && minor >= 15)) {
  enableCompileCache();
  await import('./main.ts');
} else {
  process.stderr.write(
    `llm-sidecar needs Node 24.15 or later; this is Node ${process.versions.node}, ${process.execPath}. ` +
      'Install Node 24 from https://nodejs.org, or into your project by `npm install node@24`, or run this file with the Node 24 you have.\n',
  );
  process.exitCode = 2;
}

/**
 * Later starts skip compiling. In the user's own cache folder: Node's default, in the shared temporary folder, would let
 * another user of the machine put code into a process that holds keys.
 */
function enableCompileCache(): void {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  const folder = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && `${HOME}/${process.platform === 'darwin' ? 'Library/Caches' : '.cache'}`);
  if (!folder) return;
  const { enableCompileCache: enable } = process.getBuiltinModule('node:module');
  enable(`${folder}/llm-sidecar`);
}
