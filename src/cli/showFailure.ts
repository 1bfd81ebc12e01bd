import { toWireError } from '../rpc/errors.ts';
import type { WireError } from '../../protocol/index.ts';
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
  for (const line of details(data)) err.write(err.paint('dim', err.safe(`  ${line}`)) + '\n');
  return 1;
}

/** A failure as programs read it. What is not a Failure is a defect, and its details go to stderr. */
export function wireError(error: unknown, { err }: Pick<Terminal, 'err'>): WireError {
  return toWireError(error, { log: (text) => err.write(`${err.paint('dim', err.safe(text))}\n`) });
}

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
