import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A server that speaks OpenAI's chat wire and answers every prompt with these chunks, whole or cut off, `after` something. */
export async function chatServer(texts: readonly string[], { cut = false, after }: { cut?: boolean; after?: Promise<void> } = {}) {
  const requests: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => void answer());
    const answer = async (): Promise<void> => {
      await after;
      requests.push(JSON.parse(body) as Record<string, unknown>);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (choices: object[], rest: object = {}): void =>
        void response.write(
          `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...rest })}\n\n`,
        );
      for (const content of texts) send([{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }]);
      if (cut) {
        response.end();
        return;
      }
      send([{ index: 0, delta: {}, finish_reason: 'stop' }]);
      send([], { usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } });
      response.end('data: [DONE]\n\n');
    };
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const config = `providers:
  local:
    type: openai-compatible
    base_url: http://127.0.0.1:${port}/v1
    discover: false
    models:
      - { id: local-model, features: { schema: true }, price: { input: 2, output: 10 } }
default_model: local-model
`;
  return { config, requests };
}
