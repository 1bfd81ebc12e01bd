import { Agent, request } from 'node:http';
import type { Way, WaySettings } from './way.ts';

/** What a host would do without a sidecar and without any library: node:http, and each event parsed. */
export async function openWay({ port }: Pick<WaySettings, 'port'>): Promise<Way> {
  return createBareHttp(port, '/v1/chat/completions', { authorization: 'Bearer k' });
}

export function createBareHttp(port: number, path: string, extraHeaders: Readonly<Record<string, string>>): Way {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 2000 });
  const headers = { 'content-type': 'application/json', ...extraHeaders };
  const post = (stream: boolean, prompt: string, onData: (data: string) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', path, method: 'POST', agent, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`the answer was HTTP ${response.statusCode}`));
        response.setEncoding('utf8').on('data', onData).on('end', resolve).on('error', reject);
      });
      sent.on('error', reject).end(JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: prompt }] }));
    });
  return {
    async stream(prompt, onText) {
      let rest = '';
      await post(true, prompt, (data) => {
        const lines = (rest + data).split('\n');
        rest = lines.pop()!;
        for (const line of lines) {
          if (!line.startsWith('data: {')) continue;
          const event = JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] };
          const text = event.choices[0]?.delta.content;
          if (text !== undefined) onText(text);
        }
      });
    },
    async whole(prompt) {
      let body = '';
      await post(false, prompt, (data) => (body += data));
      return (JSON.parse(body) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;
    },
    stop: async () => agent.destroy(),
  };
}
