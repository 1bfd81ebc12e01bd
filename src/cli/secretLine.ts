/** open: the line goes on. ended: by Return or Ctrl-D. */
export type SecretLineState = 'open' | 'ended' | 'cancelled';

export interface SecretLine {
  /** What the terminal sent, in raw mode. */
  take(keys: string): SecretLineState;
  text(): string;
  /** Something more was sent after the end of the line. */
  hasMore(): boolean;
}

/** A line of which nothing is shown: Backspace, Ctrl-U, Ctrl-W and Ctrl-C do what they do elsewhere, and arrows do nothing. */
export function createSecretLine(): SecretLine {
  let typed: string[] = [];
  let unfinished = '';
  let after = '';
  let state: SecretLineState = 'open';

  const press = (key: string): void => {
    if (state === 'ended') after += key;
    else if (key === ctrlC) state = 'cancelled';
    else if (key === '\r' || key === '\n' || key === ctrlD) state = 'ended';
    else if (key === '\b' || key === '\u007f') typed.pop();
    else if (key === ctrlU || key === ctrlW) typed = [];
    else if (key === '\t' || !/^[\u0000-\u001f\u0080-\u009f]/.test(key)) typed.push(key);
  };

  return {
    take(keys) {
      const all = unfinished + keys;
      unfinished = /\u001b(?:\[[0-?]*[ -/]*|O)?$/.exec(all)?.[0] ?? '';
      for (const [key] of all.slice(0, all.length - unfinished.length).matchAll(keyOrSequence)) {
        press(key);
        if (state === 'cancelled') break;
      }
      return state;
    },
    text: () => typed.join(''),
    hasMore: () => after.trim() !== '',
  };
}

const ctrlC = '\u0003';
const ctrlD = '\u0004';
const ctrlU = '\u0015';
const ctrlW = '\u0017';

/** Arrows and the marks around what is pasted are sequences. One character is a code point. */
const keyOrSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])|[^]/gu;
