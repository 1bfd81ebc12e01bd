import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LLM } from '../../../client/index.ts';
import { childrenOf } from '../../support/gone.ts';
import type { Way, WaySettings } from './way.ts';

/** The sidecar from its TypeScript SDK: that beside the program which is measured. */
export async function openWay({ command: [, main], config }: WaySettings): Promise<Way> {
  const entry = join(dirname(main!), main!.endsWith('.ts') ? '../client/index.ts' : 'index.js');
  const sdk = (await import(pathToFileURL(entry).href)) as { LLM: typeof LLM };
  const llm = await sdk.LLM.start({ config, stderr: 'ignore' });
  const model = llm.model('m');
  const [serverId] = childrenOf(process.pid).split(' ').map(Number);
  return {
    async stream(prompt, onText) {
      for await (const text of model.prompt(prompt)) onText(text);
    },
    // A prompt of the SDK always streams; this is what a host does that wants no deltas.
    async whole(prompt) {
      return (await llm.request('llm/prompt', { model: 'm', prompt })).text ?? '';
    },
    serverId,
    stop: () => llm.close(),
  };
}
