import { toWireError } from '../rpc/errors.ts';
import type { ErrorKind, WireError } from '../../protocol/index.ts';
import { Interrupted, UsageError } from './command.ts';
import { usageLine } from './summaries.ts';
import type { Terminal } from './terminal.ts';

/** Says on stderr what went wrong and gives the exit code: 2 for a command that was not understood, else 1. */
export function showFailure({ err }: Terminal, error: unknown, command: string): number {
  if (error instanceof UsageError) {
    err.write(`${err.paint('red', 'error:')} ${err.safe(error.message)}\n`);
    err.write(
      err.paint('dim', `${['llm-sidecar', command, '--help'].filter((word) => word !== '').join(' ')} shows how it is used.`) + '\n',
    );
    return 2;
  }
  if (error instanceof Interrupted) return error.exitCode;
  const { message, data } = wireError(error, { err });
  err.write(`${err.paint('red', `error (${data?.kind ?? 'internalError'}):`)} ${err.safe(message)}\n`);
  const steps = err.isTerminal ? nextSteps(data?.kind, message) : [];
  for (const line of [...details(data), ...steps]) err.write(err.paint('dim', err.safe(`  ${line}`)) + '\n');
  return 1;
}

/** A failure as programs read it. What is not a Failure is a defect, and its details go to stderr. */
export function wireError(error: unknown, { err }: Pick<Terminal, 'err'>): WireError {
  return toWireError(error, { log: (text) => err.write(`${err.paint('dim', err.safe(text))}\n`) });
}

/** The command that goes on from there, for a person: messages are those of the protocol, which knows methods alone. */
function nextSteps(kind: string | undefined, message: string): string[] {
  if (message.includes('Did you mean')) return [];
  const step = (kind === undefined ? undefined : stepOf[kind]) ?? methodSteps.find(([method]) => message.includes(method))?.[1];
  return step === undefined ? [] : [step];
}

const stepOf: Readonly<Record<string, string>> = {
  modelNotFound: 'llm-sidecar models lists those that may be used, with --all all that are known.',
  modelNotAllowed: 'llm-sidecar explain says what each rule says of it.',
  keyMissing: 'llm-sidecar keys set NAME keeps a key; llm-sidecar explain says where one was looked for.',
  secretNotFound: 'llm-sidecar secrets list and llm-sidecar keys list say which there are.',
  budgetExceeded: 'llm-sidecar usage shows what was spent.',
  noDefaultModel: 'llm-sidecar models lists those that may be named with -m; default_model in the configuration names one for good.',
  providerAuth: 'llm-sidecar explain says where the key was found; llm-sidecar doctor tries it.',
} satisfies { readonly [Kind in ErrorKind]?: string };

const methodSteps: readonly (readonly [string, string])[] = [
  ['llm/models', 'llm-sidecar models lists them.'],
  ['history/list', 'llm-sidecar logs lists them.'],
];

function details(data: WireError['data']): string[] {
  if (!data) return [];
  const { provider, retryAfterMs, retryable, partial } = data;
  const request = provider?.requestId === undefined ? '' : `, request ${provider.requestId}`;
  const again =
    retryAfterMs !== undefined
      ? `It may work again in ${Math.ceil(retryAfterMs / 1000)} s.`
      : retryable
        ? 'It may work when you try again.'
        : '';
  const arrived = partial !== undefined && partial.content.length > 0;
  return [
    ...(arrived ? ['The answer above is partial.'] : []),
    ...(provider === undefined
      ? []
      : [`provider ${provider.name}${provider.status === undefined ? '' : `, status ${provider.status}`}${request}`]),
    ...(again === '' ? [] : [again]),
    ...(arrived ? [`used so far: ${usageLine({ model: '', usage: partial.usage, cost: partial.cost })}`] : []),
  ];
}
