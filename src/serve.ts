import { openApp } from './app.ts';
import { openTransport } from './rpc/transports.ts';
import { parseServeArguments, tokenVariable } from './serveArguments.ts';
import { serveHost } from './serveHost.ts';

/** Serves one host, as the words of the command line say, then ends the process. */
export async function serveUntilEnd(words: readonly string[]): Promise<never> {
  const write = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const options = parseServeArguments(words, process.env);
    delete process.env[tokenVariable];
    const wire = await openTransport(options.transport);
    const { configPath, logFormat, logLevel } = options;
    const app = await openApp({ configPath, env: process.env, cwd: process.cwd(), write, logFormat, logLevel });
    process.exit(await serveHost(app, wire, { ...options, onSignal }));
  } catch (error) {
    write(`llm-sidecar: ${error instanceof Error ? error.message : 'failed to start'}`);
    process.exit(2);
  }
}

/** The first one. The second ends the process at once, as it does where nobody listens. */
function onSignal(listener: (name: string, number: number) => void): void {
  const names = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
  const received = (name: string, number: number): void => {
    for (const other of names) process.off(other, received);
    listener(name, number);
  };
  for (const name of names) process.once(name, received);
}
