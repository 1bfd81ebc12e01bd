import type { App } from '../app.ts';
import { Failure } from '../lib/failure.ts';
import { redactFailure } from '../lib/redactFailure.ts';
import type { CommandContext } from './command.ts';

/** Opens the whole sidecar in this process for as long as `run` takes. */
export async function withApp<T>(
  { terminal, env, cwd }: CommandContext,
  configPath: string | undefined,
  run: (app: App) => Promise<T>,
): Promise<T> {
  const { openApp } = await import('../app.ts');
  const app = await openApp({ configPath, env, cwd, readsAnyFile: true, write: terminal.warn });
  try {
    return await run(app);
  } catch (error) {
    throw cleanError(app, error);
  } finally {
    await app.close();
  }
}

/** What is shown of a failure holds no secret. */
export function cleanError({ redactor }: App, error: unknown): unknown {
  return error instanceof Failure ? redactFailure(error, redactor.redactJson) : error;
}

/** The same for what obeys the configuration: with errors in it nothing runs, because its limits would not hold. */
export async function withCheckedApp(
  context: CommandContext,
  configPath: string | undefined,
  run: (app: App) => Promise<number>,
): Promise<number> {
  return withApp(context, configPath, async (app) => {
    const { err } = context.terminal;
    const diagnostics = app.config.diagnostics();
    const errors = diagnostics.filter(({ severity, source }) => severity === 'error' && source === app.config.path);
    if (errors.length === 0) {
      if (diagnostics.length > 0 && err.isTerminal)
        err.write(err.paint('dim', 'the configuration has warnings: llm-sidecar config check\n'));
      return run(app);
    }
    const { showDiagnostics } = await import('./showDiagnostics.ts');
    await showDiagnostics(err, errors, { cwd: context.cwd, mask: app.redactor.mask });
    err.write(
      `${err.paint('red', 'error:')} nothing was done, because the configuration has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}\n`,
    );
    return 1;
  });
}
