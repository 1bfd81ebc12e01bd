import { UsageError, type Command, type CommandContext } from '../command.ts';
import { completionScripts } from '../completion/scripts.ts';
import { parseWords } from '../parseWords.ts';

const help = `Print what makes the Tab key complete commands, options, models, purposes and names of secrets.

Usage:
  llm-sidecar completion bash | zsh | fish

Examples:
  echo 'eval "$(llm-sidecar completion bash)"' >> ~/.bashrc
  echo 'eval "$(llm-sidecar completion zsh)"' >> ~/.zshrc
  llm-sidecar completion fish > ~/.config/fish/completions/llm-sidecar.fish
`;

export const completion: Command = { help, run };

async function run(words: readonly string[], { terminal }: CommandContext): Promise<number> {
  const { positionals } = parseWords(words, {});
  const [shell = ''] = positionals;
  const script = Object.hasOwn(completionScripts, shell) ? completionScripts[shell] : undefined;
  if (script === undefined || positionals.length > 1) throw new UsageError('completion takes one of bash, zsh, fish');
  terminal.out.write(script);
  return 0;
}
