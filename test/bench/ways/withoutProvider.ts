import { startLeanHost } from './leanHost.ts';
import type { Way, WaySettings } from './way.ts';

/** The sidecar with a model that is made up in the process: all of it but the provider. */
export async function openWay({ command, config }: WaySettings): Promise<Way> {
  const host = startLeanHost([...command, '--config', config], process.env);
  await host.initialize();
  const toParams = (prompt: string) => ({
    model: 'test-fast',
    prompt,
    options: { chunks: Number(prompt.split(' ')[0]), chunk_bytes: 5 },
  });
  return {
    stream: (prompt, onText) => host.stream(toParams(prompt), onText),
    whole: (prompt) => host.whole(toParams(prompt)),
    serverId: host.child.pid,
    stop: host.stop,
  };
}
