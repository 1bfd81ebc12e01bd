import { parseArgs } from 'node:util';
import { Failure } from './lib/failure.ts';
import { logFormats, logLevels, type LogFormat, type LogLevel } from './lib/log.ts';
import { readTransport, type Transport } from './rpc/transports.ts';

export interface ServeArguments {
  readonly transport: Transport;
  readonly configPath: string | undefined;
  readonly framing: 'auto' | 'content-length' | 'ndjson';
  readonly maxMessageBytes: number;
  /** Over a socket: what the host has to give in `initialize`. */
  readonly token: string | undefined;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

const framings = ['auto', 'content-length', 'ndjson'] as const;
const defaultMaxMessageBytes = 64 * 1024 * 1024;

/**
 * `--stdio`, `--pipe=NAME`, `--socket=PORT`, `--config FILE`, `--framing=…`, `--max-message-bytes=N`, `--log-format=…`,
 * `--log-level=…`; the last two also as LLM_SIDECAR_LOG_FORMAT and LLM_SIDECAR_LOG_LEVEL, which an option goes before.
 */
export function parseServeArguments(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): ServeArguments {
  const { values } = parse(args);
  const framing = framings.find((known) => known === (values.framing ?? 'auto'));
  if (!framing) throw new Failure('invalidParams', `--framing is one of ${framings.join(', ')}.`);
  const maxMessageBytes = values['max-message-bytes'] === undefined ? defaultMaxMessageBytes : Number(values['max-message-bytes']);
  if (!Number.isSafeInteger(maxMessageBytes) || maxMessageBytes < 1024)
    throw new Failure('invalidParams', '--max-message-bytes is a whole number from 1024 on.');
  const transport = readTransport(args);
  return {
    transport,
    token: transport.kind === 'socket' ? readToken(env[tokenVariable]) : undefined,
    configPath: values.config,
    framing,
    maxMessageBytes,
    logFormat: oneOf(logFormats, 'text', [
      ['--log-format', values['log-format']],
      ['LLM_SIDECAR_LOG_FORMAT', env['LLM_SIDECAR_LOG_FORMAT']],
    ]),
    logLevel: oneOf(logLevels, 'info', [
      ['--log-level', values['log-level']],
      ['LLM_SIDECAR_LOG_LEVEL', env['LLM_SIDECAR_LOG_LEVEL']],
    ]),
  };
}

/** Read here, and taken out of the environment before anything else could see it. */
export const tokenVariable = 'LLM_SIDECAR_SOCKET_TOKEN';

/** A port is open to every user of the machine: it takes a secret to tell the host from whoever else listens there. */
function readToken(token: string | undefined): string {
  if (token !== undefined && token.length >= 16) return token;
  throw new Failure(
    'invalidParams',
    `--socket needs a token: start the sidecar with ${tokenVariable} set to at least 16 random characters, and give the same as \`token\` in initialize. A pipe (--pipe) needs none.`,
  );
}

/** The first that is given; an empty variable is not. */
function oneOf<T extends string>(known: readonly T[], preset: T, given: readonly [name: string, value: string | undefined][]): T {
  const [name, value] = given.find(([, one]) => one !== undefined && one !== '') ?? ['', preset];
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Failure('invalidParams', `${name} is one of ${known.join(', ')}.`);
  return found;
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
        'log-format': { type: 'string' },
        'log-level': { type: 'string' },
        // What language-server hosts add by themselves.
        clientProcessId: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Failure('invalidParams', `${(error as Error).message.split('\n')[0]} (llm-sidecar --help lists what there is.)`);
  }
}
