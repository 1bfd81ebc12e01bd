import { createServer, type ServerResponse } from 'node:http';

// A provider in its own process: OpenAI's chat wire. The prompt says how much: `CHUNKS`, `CHUNKS DELAY_MS` or
// `CHUNKS DELAY_MS CHARACTERS`; without a delay as fast as the socket takes it, five characters a chunk. Prints its port.
const head = 'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":';
const last = `${head}{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\ndata: [DONE]\n\n`;
const whole = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

// Keeps idle connections as long as the servers of providers do.
createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  // The sidecar asks for the list of models, too.
  if (request.method !== 'POST') return void response.writeHead(404).end();
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    const { messages, stream } = JSON.parse(body) as { messages: { content: string | { text: string }[] }[]; stream?: boolean };
    const content = messages.at(-1)!.content;
    const said = typeof content === 'string' ? content : content[0]!.text;
    const [chunks = 1, delayMs = 0, characters = 5] = said.split(' ').map(Number);
    if (stream !== true) return response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const chunk = `${head}{"content":"${'word '.repeat(characters).slice(0, characters)}"},"finish_reason":null}]}\n\n`;
    return delayMs > 0 ? pace(response, chunk, { left: chunks, delayMs }) : flood(response, chunk, chunks);
  });
}).listen(0, '127.0.0.1', 2000, function (this: { address(): unknown }) {
  console.log((this.address() as { port: number }).port);
});
process.stdin.resume().on('end', () => process.exit());

function flood(response: ServerResponse, chunk: string, chunks: number): void {
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

/** The first chunk at once, so that what is timed is not the timer. */
function pace(response: ServerResponse, chunk: string, plan: { left: number; delayMs: number }): void {
  const next = (): void => {
    if (plan.left > 0) response.write(chunk);
    else response.end(last);
    if (plan.left === 0 || response.destroyed) clearInterval(timer);
    plan.left -= 1;
  };
  const timer = setInterval(next, plan.delayMs);
  next();
}
