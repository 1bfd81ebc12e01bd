import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { importPeer } from '../peers.ts';
import type { Way, WaySettings } from './way.ts';

/** The same provider package under `streamText` and `generateText` of `ai`, as most hosts in JavaScript use it. */
export async function openWay({ port, peers }: WaySettings): Promise<Way> {
  const { streamText, generateText } = await importPeer(peers, 'ai');
  const provider = createOpenAICompatible({ name: 'local', baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'k', includeUsage: true });
  const model = provider.chatModel('m');
  return {
    async stream(prompt, onText) {
      const { textStream } = streamText({ model, prompt, maxRetries: 0 });
      for await (const text of textStream as AsyncIterable<string>) onText(text);
    },
    whole: async (prompt) => (await generateText({ model, prompt, maxRetries: 0 })).text as string,
  };
}
