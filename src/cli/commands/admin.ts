import { homedir } from 'node:os';
import { discoverConfig } from '../../config/discover.ts';
import { Failure } from '../../lib/failure.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { catchInterrupt } from '../interrupt.ts';
import { openBrowser } from '../openBrowser.ts';
import { parseWords } from '../parseWords.ts';
import { withApp } from '../withApp.ts';

const help = `Open the admin page: secrets, models, budgets, what was spent, the latest prompts, the configuration.

Usage:
  llm-sidecar admin [options]

Options:
      --port N         the port of 127.0.0.1; any that is free by default
      --no-open        only print the address
      --actor ID       who changes secrets here, for the records
  -c, --config FILE    the configuration

The address that is printed lets one browser in, once; keep it to yourself. Only this machine can reach the
page, and it ends with Ctrl-C.

Examples:
  llm-sidecar admin
  llm-sidecar admin --port 8123 --no-open --config team.yaml
`;

export const admin: Command = { help, run };

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, {
    port: { type: 'string' },
    'no-open': { type: 'boolean' },
    actor: { type: 'string' },
    config: { type: 'string', short: 'c' },
  });
  if (positionals.length > 0) throw new UsageError('admin takes no words beside its options');
  const port = readPort(values.port);
  const { terminal, env, cwd } = context;
  return withApp(context, values.config, async (app) => {
    const { openAdmin } = await import('../../admin/openAdmin.ts');
    const { candidates } = discoverConfig(values.config, { env, cwd, home: homedir(), platform: process.platform });
    const actor = values.actor === undefined ? null : { id: values.actor };
    const page = await openAdmin({ app, env, actor, newConfigPath: candidates[0] ?? '', port }).catch((error: unknown) => {
      throw inWords(error, port);
    });
    using interrupt = catchInterrupt();
    const { out, err } = terminal;
    out.write(`${page.url}\n`);
    if (err.isTerminal) err.write(err.paint('dim', 'This address lets one browser in, once. Ctrl-C ends the page.\n'));
    if (out.isTerminal && !values['no-open']) openBrowser(page.url, env);
    const { signal } = interrupt;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await page.close();
    return 0;
  });
}

function readPort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 1 to 65535, not ${text}`);
}

function inWords(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new Failure('invalidParams', `Port ${port} is in use by another program. Give another one with --port, or none.`);
  if (code === 'EACCES')
    return new Failure('invalidParams', `Port ${port} may not be used by this user. Give one above 1023 with --port, or none.`);
  return error;
}
