import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { Way, WaySettings } from './way.ts';

/** The provider package that the sidecar uses, in the process of the host, with the `fetch` of Node. */
export async function openWay({ port }: Pick<WaySettings, 'port'>): Promise<Way> {
  const provider = createOpenAICompatible({ name: 'local', baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'k', includeUsage: true });
  const model = provider.chatModel('m');
  const toOptions = (text: string) => ({ prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }] });
  return {
    async stream(prompt, onText) {
      const { stream } = await model.doStream(toOptions(prompt));
      for await (const part of stream) {
        if (part.type === 'text-delta') onText(part.delta);
        else if (part.type === 'error') throw part.error;
      }
    },
    async whole(prompt) {
      const { content } = await model.doGenerate(toOptions(prompt));
      return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
    },
  };
}
