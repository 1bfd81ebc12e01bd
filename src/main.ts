// The command, dist/main.js. It has to be understood by Node versions that the rest is too new for.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 24 || (major === 24 && minor >= 15)) {
  if (!import.meta.url.endsWith('.ts')) enableCompileCache();
  // Not awaited: with an `await` out here the bundler would need files more, and each is a hundredth of a start.
  start(process.argv.slice(2)).catch((error: unknown) => {
    throw error;
  });
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

async function start(words: readonly string[]): Promise<void> {
  // Of a process that ends before it has said how.
  process.exitCode = 13;
  const [first] = words;
  if (first === undefined || (first.startsWith('-') && !['--help', '-h', '--version', '-V'].includes(first))) {
    const { serveUntilEnd } = await import('./serve.ts');
    return serveUntilEnd(words);
  }
  // What a plugin prints is for the operator: stdout belongs to the answer.
  const { Console } = process.getBuiltinModule('node:console');
  globalThis.console = new Console(process.stderr);
  const { runCommand } = await import('./cli/runCommand.ts');
  process.exitCode = await runCommand(words);
}
