import { createServer, type ServerResponse } from 'node:http';

// A provider in its own process: OpenAI's chat wire, as fast as the socket takes it. The prompt says how much:
// `CHUNKS` or `CHUNKS DELAY_MS`. Prints its port.
const head = 'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":';
const chunk = `${head}{"content":"word "},"finish_reason":null}]}\n\n`;
const last = `${head}{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\ndata: [DONE]\n\n`;
const whole = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

createServer((request, response) => {
  // The sidecar asks for the list of models, too.
  if (request.method !== 'POST') return void response.writeHead(404).end();
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    const { messages, stream } = JSON.parse(body) as { messages: { content: string | { text: string }[] }[]; stream?: boolean };
    const content = messages.at(-1)!.content;
    const [chunks = 1, delayMs = 0] = (typeof content === 'string' ? content : content[0]!.text).split(' ').map(Number);
    if (stream !== true) return response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return delayMs > 0 ? pace(response, chunks, delayMs) : flood(response, chunks);
  });
}).listen(0, '127.0.0.1', function (this: { address(): unknown }) {
  console.log((this.address() as { port: number }).port);
});

function flood(response: ServerResponse, chunks: number): void {
  let left = chunks;
  const go = (): void => {
    while (left > 0) {
      const now = Math.min(left, 64);
      left -= now;
      if (!response.write(chunk.repeat(now))) return void response.once('drain', go);
    }
    response.end(last);
  };
  go();
}

function pace(response: ServerResponse, chunks: number, delayMs: number): void {
  let left = chunks;
  const timer = setInterval(() => {
    if (left > 0) response.write(chunk);
    else response.end(last);
    if (left === 0) clearInterval(timer);
    left -= 1;
  }, delayMs);
}
