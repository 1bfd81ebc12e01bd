/** From the few to the many: a level shows itself and those before it. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** What a line is about, for programs that read the log. */
export interface LogFacts {
  /** Default `warn`: nearly all that is worth a line is something that did not work. */
  readonly level?: LogLevel | undefined;
  /** That of the `internalError` which the caller has. */
  readonly errorId?: string | undefined;
  readonly promptId?: string | undefined;
}

/** A message for the operator. Never a prompt's text or a key, at no level. */
export type Log = (message: string, facts?: LogFacts) => void;

export interface LogOptions {
  /** Takes whole lines. */
  readonly write: (line: string) => void;
  /** Takes secrets out. */
  readonly redact: (text: string) => string;
  /** `json`: one object a line, `{time, level, msg, errorId?, promptId?}`. Default `text`: the message alone. */
  readonly format?: LogFormat | undefined;
  /** Default `info`. */
  readonly level?: LogLevel | undefined;
}

export function createLog({ write, redact, format = 'text', level: least = 'info' }: LogOptions): Log {
  const shown = new Set<LogLevel>(logLevels.slice(0, logLevels.indexOf(least) + 1));
  return (message, { level = 'warn', errorId, promptId } = {}) => {
    if (!shown.has(level)) return;
    const msg = redact(message);
    if (format === 'text') return write(msg);
    const clean = (text: string | undefined): string | undefined => (text === undefined ? undefined : redact(text));
    write(JSON.stringify({ time: new Date().toISOString(), level, msg, errorId, promptId: clean(promptId) }));
  };
}
