/** A line about what is waited for, where a person looks at it. */
export interface Progress {
  /** Shown when it has taken a second, until `stop` of what it gives, or until it is disposed. */
  start(what: string | (() => string)): ProgressLine;
  /** Takes the line away for as long as something else is written. */
  hide(): void;
}

export interface ProgressLine extends Disposable {
  stop(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const afterMs = 1000;
const everyMs = 120;

export function createProgress(isSeen: boolean, write: (text: string) => void, width: () => number): Progress {
  let isDrawn = false;
  const hide = (): void => {
    if (isDrawn) write('\r\u001b[K');
    isDrawn = false;
  };
  return {
    hide,
    start(what) {
      if (!isSeen) return noLine;
      const began = performance.now();
      let frame = 0;
      let timer: NodeJS.Timeout | undefined = setTimeout(draw, afterMs);
      function draw(): void {
        const seconds = Math.floor((performance.now() - began) / 1000);
        const text = `${frames[frame++ % frames.length]} ${typeof what === 'string' ? what : what()} · ${seconds} s`;
        write(`\r${text.slice(0, Math.max(1, width() - 1))}\u001b[K`);
        isDrawn = true;
        timer = setTimeout(draw, everyMs);
      }
      const stop = (): void => {
        if (timer === undefined) return;
        clearTimeout(timer);
        timer = undefined;
        hide();
      };
      return { stop, [Symbol.dispose]: stop };
    },
  };
}

const nothing = (): void => {};
const noLine: ProgressLine = { stop: nothing, [Symbol.dispose]: nothing };
