import { UsageError, type Command, type CommandContext } from '../command.ts';
import { parseWords } from '../parseWords.ts';

const help = `Print the protocol as an OpenRPC document: every method with its params, results and errors.

Usage:
  llm-sidecar schema

Examples:
  llm-sidecar schema > openrpc.json
  llm-sidecar schema | jq -r '.methods[].name'
`;

export const schema: Command = { help, run };

async function run(words: readonly string[], { terminal }: CommandContext): Promise<number> {
  const { positionals } = parseWords(words, {});
  if (positionals.length > 0) throw new UsageError('schema takes no words; the schema of the configuration is: llm-sidecar config schema');
  const { openRpcDocument } = await import('../../schema/openRpcDocument.ts');
  terminal.out.write(`${JSON.stringify(await openRpcDocument(), null, 2)}\n`);
  return 0;
}
