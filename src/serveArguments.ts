import { parseArgs } from 'node:util';
import { Failure } from './lib/failure.ts';
import { readTransport, type Transport } from './rpc/transports.ts';

export interface ServeArguments {
  readonly transport: Transport;
  readonly configPath: string | undefined;
  readonly framing: 'auto' | 'content-length' | 'ndjson';
  readonly maxMessageBytes: number;
}

const framings = ['auto', 'content-length', 'ndjson'] as const;
const defaultMaxMessageBytes = 64 * 1024 * 1024;

/** `--stdio`, `--pipe=NAME`, `--socket=PORT`, `--config FILE`, `--framing=…`, `--max-message-bytes=N`. */
export function parseServeArguments(args: readonly string[]): ServeArguments {
  const { values } = parse(args);
  const framing = framings.find((known) => known === (values.framing ?? 'auto'));
  if (!framing) throw new Failure('invalidParams', `--framing is one of ${framings.join(', ')}.`);
  const maxMessageBytes = values['max-message-bytes'] === undefined ? defaultMaxMessageBytes : Number(values['max-message-bytes']);
  if (!Number.isSafeInteger(maxMessageBytes) || maxMessageBytes < 1024)
    throw new Failure('invalidParams', '--max-message-bytes is a whole number from 1024 on.');
  return { transport: readTransport(args), configPath: values.config, framing, maxMessageBytes };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stdio: { type: 'boolean' },
        pipe: { type: 'string' },
        socket: { type: 'string' },
        config: { type: 'string', short: 'c' },
        framing: { type: 'string' },
        'max-message-bytes': { type: 'string' },
        // What language-server hosts add by themselves.
        clientProcessId: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Failure('invalidParams', `${(error as Error).message.split('\n')[0]} (llm-sidecar --help lists what there is.)`);
  }
}
