import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer, Task } from './wayProcess.ts';
import type { WaySettings } from '../ways/way.ts';

/** A way in its process. One task at a time. */
export interface RunningWay {
  readonly processId: number;
  /** The sidecar or the gateway, if there is one. */
  readonly serverId: number | undefined;
  run(task: Task): Promise<number[]>;
  stop(): Promise<void>;
}

/** `name` is that of a file in ways/. */
export async function startWay(name: string, settings: WaySettings, env: NodeJS.ProcessEnv): Promise<RunningWay> {
  const program = fileURLToPath(new URL('wayProcess.ts', import.meta.url));
  const child = fork(program, [name, JSON.stringify(settings)], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process of ${name} ended with ${signal ?? code}`);
  });
  ended.catch(() => {});
  const next = async (): Promise<Exclude<Answer, { failed: string }>> => {
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
    if ('failed' in answer) throw new Error(`${name}: ${answer.failed}`);
    return answer;
  };
  const { serverId } = await next();
  const run = async (task: Task): Promise<number[]> => {
    const answer = next();
    child.send(task);
    return (await answer).values;
  };
  return {
    processId: child.pid!,
    serverId,
    run,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await run({ what: 'stop' }).catch(() => child.kill('SIGKILL'));
      await ended.catch(() => {});
      clearTimeout(timer);
    },
  };
}
