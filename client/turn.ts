import type { PromptParams, PromptResult } from '../protocol/index.ts';
import type { Connection } from './connection.ts';
import type { PromptOptions, Scope } from './model.ts';
import type { Parse, Send } from './response.ts';
import { readSchema } from './schema.ts';
import { unlessAborted } from './timing.ts';
import type { ToolSet } from './tools.ts';
import type { Unsent } from './unsent.ts';

/** A way to the sidecar, and what every prompt that goes it carries. */
export interface Bound {
  readonly connect: () => Promise<Connection>;
  readonly unsent: Unsent;
  readonly target: Scope & Pick<PromptParams, 'model' | 'groupId'>;
}

/** May hold a prompt back, and change what is sent. */
export type Prepare = (params: PromptParams, signal: AbortSignal) => Promise<PromptParams>;

/** What a response needs to be sent and read. */
export interface Turn<Parsed> {
  readonly send: Send;
  readonly parse: Parse<Parsed>;
  readonly signal: AbortSignal | undefined;
}

export interface TurnExtras {
  readonly prepare?: Prepare | undefined;
  /** Answered here, and not by whoever reads the answer. */
  readonly tools?: ToolSet | undefined;
}

export function createTurn<Parsed>(
  bound: Bound,
  prompt: string | undefined,
  options: PromptOptions<Parsed>,
  { prepare, tools }: TurnExtras = {},
): Turn<Parsed> {
  const { signal, schema: wanted, intervalMs, ...rest } = options;
  const { schema, parse } = readSchema(wanted);
  const send: Send = async (stream) => {
    const asked: PromptParams = { ...rest, ...(tools !== undefined && { tools: tools.specs }), ...bound.target, prompt, schema };
    const params: PromptParams = { ...asked, promptId: stream.promptId, stream: { window, intervalMs } };
    const connecting = unlessAborted(bound.connect(), stream.signal);
    const preparing = Promise.all([connecting, prepare === undefined ? params : prepare(params, stream.signal)]);
    bound.unsent.add(preparing);
    const [connection, prepared] = await preparing;
    const stopTools = tools === undefined ? () => {} : connection.duties.serveTools(stream.promptId, tools);
    try {
      return await sendPrompt(connection, prepared, stream);
    } finally {
      stopTools();
    }
  };
  return { send, parse, signal };
}

const window = 32;

/** Acknowledges what was taken in, half a window at a time, so that the sidecar never waits for a host that keeps up. */
async function sendPrompt(
  connection: Connection,
  params: PromptParams,
  { promptId, signal, receive }: Parameters<Send>[0],
): Promise<PromptResult> {
  signal.throwIfAborted();
  const stopListening = connection.listen(promptId, (delta) => {
    receive(delta);
    if ((delta.seq + 1) % (window / 2) === 0) connection.notify('llm/ack', { promptId, seq: delta.seq });
  });
  try {
    return await connection.request('llm/prompt', params, signal);
  } finally {
    stopListening();
  }
}
