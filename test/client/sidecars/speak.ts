/** The wire as a test sidecar needs it: language-server frames by hand, nothing shared with the code under test. */
export interface Received {
  id?: number;
  method?: string;
  params?: Record<string, any>;
}

export function send(message: object): void {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

export function delta(promptId: string, seq: number, deltas: object[]): void {
  send({ method: 'llm/delta', params: { promptId, seq, deltas } });
}

/** Calls `handle` for each message; ends the process at the end of input. */
export function listen(handle: (message: Received) => void, onEnd: () => void = () => process.exit(0)): void {
  let bytes = Buffer.alloc(0);
  process.stdin.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(bytes.toString('latin1', 0, 64));
      const end = header === null ? 0 : header[0].length + Number(header[1]);
      if (header === null || bytes.length < end) return;
      const message = JSON.parse(bytes.toString('utf8', header[0].length, end));
      bytes = bytes.subarray(end);
      handle(message);
    }
  });
  process.stdin.on('end', onEnd);
}

/** Answers the handshake and `shutdown`; hands on the rest. */
export function listenPolitely(
  handle: (message: Received) => void,
  onEnd?: () => void,
  onGreeting?: (params: Record<string, any>) => void,
): void {
  listen((message) => {
    if (message.method === 'initialize') onGreeting?.(message.params!);
    if (message.method === 'initialize') send({ id: message.id, result: greeting });
    else if (message.method === 'shutdown') send({ id: message.id, result: null });
    else handle(message);
  }, onEnd);
}

export const greeting = {
  protocolVersion: 1,
  serverInfo: { name: 'fake', version: '1' },
  instanceId: 'fake-1',
  capabilities: { prompt: { stream: {}, ack: {} }, groups: {} },
  limits: { maxMessageBytes: 1_000_000, maxConcurrentPrompts: 8 },
  hooks: [],
  schema: { sha256: '00' },
  config: { path: null, diagnostics: [{ severity: 'warning', code: 'unknownKey', message: 'm', path: 'p', source: 's' }] },
};

export const usage = { inputTokens: 1, outputTokens: 2 };
export const cost = { usd: '0.5', source: 'computed' };

export function promptResult(promptId: string, more: object): object {
  const step = { model: 'fake', stopReason: 'end', usage, cost };
  return { promptId, ...step, steps: [step], timing: { startedAt: '2026-01-01T00:00:00Z', durationMs: 1 }, ...more };
}
