import type { Wire } from './wire.ts';

export interface HostDeathOptions {
  readonly wire: Wire;
  /** From `initialize`. A supplement: used only if that process can be seen now (not from inside a container). */
  readonly parentProcessId?: number | undefined;
  /** Default 1000. */
  readonly pollMs?: number | undefined;
}

/**
 * Calls `onDeath` once, with a line for the log, when the host is gone: its end of the input is closed, nobody reads the
 * output, or its process has ended. Keeps no process alive. Returns how to stop watching.
 */
export function watchHost({ wire, parentProcessId, pollMs = 1000 }: HostDeathOptions, onDeath: (why: string) => void): () => void {
  const { input, output } = wire;
  let timer: NodeJS.Timeout | undefined;

  let watching = true;

  const stop = (): void => {
    if (!watching) return;
    watching = false;
    clearInterval(timer);
    input.off('end', onInput).off('close', onInput).off('error', onInput);
    output.off('close', onOutput).off('error', onOutput);
    // A stream that fails after its watcher has gone must not end the process with a stack.
    input.on('error', nothing);
    output.on('error', nothing);
  };
  const die = (why: string): void => {
    if (!watching) return;
    stop();
    onDeath(why);
  };
  const onInput = (): void => die('the host closed the input');
  const onOutput = (): void => die('nobody reads the output any more');

  input.on('end', onInput).on('close', onInput).on('error', onInput);
  output.on('close', onOutput).on('error', onOutput);
  if (input.readableEnded || input.destroyed) process.nextTick(onInput);
  else if (output.destroyed) process.nextTick(onOutput);
  if (parentProcessId !== undefined && isAlive(parentProcessId)) {
    timer = setInterval(() => {
      if (!isAlive(parentProcessId)) die(`the host process ${parentProcessId} has ended`);
    }, pollMs).unref();
  }
  return stop;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function nothing(): void {}
