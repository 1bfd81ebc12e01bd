import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** One command: what `--help` says, and what it does. Resolves with the exit code. */
export interface Command {
  readonly help: string;
  run(words: readonly string[], context: CommandContext): Promise<number>;
}

/** The person gave up: the exit code, and nothing more to say. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}

/** The command was not understood: exit code 2. Everything that went wrong later is a Failure. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
