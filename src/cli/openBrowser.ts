import { spawn } from 'node:child_process';

/** Shows an address in the browser of the user, where there is one; says nothing where there is none. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv): void {
  const [program, ...words] = command(url);
  const child = spawn(program, words, { env, stdio: 'ignore', detached: true, windowsVerbatimArguments: true });
  child.on('error', () => {});
  child.unref();
}

function command(url: string): [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', url];
  // The first word in quotes would be the title of a window.
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '""', url];
  return ['xdg-open', url];
}
