import { Agent, request } from 'node:http';

/** What a host would do without a sidecar and without any library: node:http, and each event parsed. */
export interface BareHttp {
  /** `onFirst` at the first text. Resolves with the number of chunks. */
  stream(prompt: string, onFirst?: () => void): Promise<number>;
  whole(prompt: string): Promise<string>;
}

export function createBareHttp(port: number): BareHttp {
  const agent = new Agent({ keepAlive: true, maxSockets: 2000 });
  const post = (stream: boolean, prompt: string, onText: (text: string) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer k' };
      const sent = request({ port, host: '127.0.0.1', path: '/v1/chat/completions', method: 'POST', agent, headers }, (response) => {
        response.setEncoding('utf8').on('data', onText).on('end', resolve).on('error', reject);
      });
      sent.on('error', reject).end(JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: prompt }] }));
    });
  return {
    async stream(prompt, onFirst) {
      let rest = '';
      let chunks = 0;
      await post(true, prompt, (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        for (const line of lines) {
          if (!line.startsWith('data: {')) continue;
          const event = JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] };
          if (event.choices[0]?.delta.content === undefined) continue;
          chunks += 1;
          if (chunks === 1) onFirst?.();
        }
      });
      return chunks;
    },
    async whole(prompt) {
      let body = '';
      await post(false, prompt, (text) => (body += text));
      return (JSON.parse(body) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;
    },
  };
}
