import { parseServeArguments, tokenVariable } from './serveArguments.ts';

const words = process.argv.slice(2);
const [first] = words;
const isCommand = first !== undefined && (!first.startsWith('-') || ['--help', '-h', '--version', '-V'].includes(first));

if (isCommand) {
  // What a plugin prints is for the operator: stdout belongs to the answer.
  const { Console } = process.getBuiltinModule('node:console');
  globalThis.console = new Console(process.stderr);
  const { runCommand } = await import('./cli/runCommand.ts');
  process.exitCode = await runCommand(words);
} else {
  await serveUntilEnd(words);
}

async function serveUntilEnd(args: readonly string[]): Promise<never> {
  const write = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const options = parseServeArguments(args, process.env);
    delete process.env[tokenVariable];
    const [{ openTransport }, { openApp }, { serveHost }] = await Promise.all([
      import('./rpc/transports.ts'),
      import('./app.ts'),
      import('./serveHost.ts'),
    ]);
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
