import { nearest } from '../config/nearest.ts';
import { version } from '../version.ts';
import { UsageError, type Command } from './command.ts';
import { mainHelp, showHelp } from './help.ts';
import { showFailure } from './showFailure.ts';
import { createTerminal } from './terminal.ts';

/** Each is imported when it is asked for. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  prompt: async () => (await import('./commands/prompt.ts')).prompt,
  chat: async () => (await import('./commands/chat.ts')).chat,
  embed: async () => (await import('./commands/embed.ts')).embed,
  models: async () => (await import('./commands/models.ts')).models,
  explain: async () => (await import('./commands/explain.ts')).explain,
  usage: async () => (await import('./commands/usage.ts')).usage,
  logs: async () => (await import('./commands/logs.ts')).logs,
  keys: async () => (await import('./commands/keys.ts')).keys,
  secrets: async () => (await import('./commands/secrets.ts')).secrets,
  config: async () => (await import('./commands/config.ts')).config,
  admin: async () => (await import('./commands/admin.ts')).admin,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  schema: async () => (await import('./commands/schema.ts')).schema,
  completion: async () => (await import('./commands/completion.ts')).completion,
};

/** Runs `llm-sidecar <words>` and resolves with the exit code; never rejects. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const terminal = createTerminal(process);
  const [name = '', ...rest] = words;
  try {
    if (['--version', '-V'].includes(name)) {
      terminal.out.write(`llm-sidecar ${version}\n`);
      return 0;
    }
    if (['--help', '-h'].includes(name) || (name === 'help' && rest.length === 0)) {
      showHelp(terminal.out, mainHelp);
      return 0;
    }
    if (name === '__complete') {
      const { complete } = await import('./commands/complete.ts');
      return await complete(async (of) => (await commands[of]?.())?.help ?? '').run(rest, {
        terminal,
        env: process.env,
        cwd: process.cwd(),
      });
    }
    const command = await commandNamed(name === 'help' ? (rest[0] ?? '') : name);
    if (name === 'help' || asksForHelp(rest)) {
      showHelp(terminal.out, command.help);
      return 0;
    }
    return await command.run(rest, { terminal, env: process.env, cwd: process.cwd() });
  } catch (error) {
    return showFailure(terminal, error, Object.hasOwn(commands, name) ? name : '');
  }
}

async function commandNamed(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load) return load();
  const [similar] = nearest(name, Object.keys(commands));
  throw new UsageError(`there is no command ${name}.${similar === undefined ? '' : ` Did you mean ${similar}?`}`);
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end).some((word) => word === '--help' || word === '-h');
}
