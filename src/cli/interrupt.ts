/** Ctrl-C and a polite kill as a signal, for as long as it is not disposed. The second one ends the process at once. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** 128 plus the number of what was received, as shells count. */
  readonly exitCode: number;
}

export function catchInterrupt(): Interrupt {
  const controller = new AbortController();
  let exitCode = 130;
  const received = (code: number): void => {
    if (controller.signal.aborted) process.exit(code);
    exitCode = code;
    controller.abort();
  };
  const handlers = { SIGINT: () => received(130), SIGTERM: () => received(143), SIGHUP: () => received(129) } as const;
  for (const [name, handler] of Object.entries(handlers)) process.on(name, handler);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]() {
      for (const [name, handler] of Object.entries(handlers)) process.off(name, handler);
    },
  };
}
