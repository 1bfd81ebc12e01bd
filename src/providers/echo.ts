import type { Json, JsonObject, Usage } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import type { ModelEvent, ModelFinish, Provider, ProviderCall } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import { pause } from '../lib/pause.ts';
import { attachmentId } from './echoAttachment.ts';
import { echoEmbed } from './echoEmbed.ts';
import { pythonJson } from './echoJson.ts';
import { readTurns, type EchoTurns } from './echoTurns.ts';

const features = { stream: true, tools: true, schema: false, reasoning: true, attachments: ['image/png', 'image/jpeg', 'image/gif'] };
const optionsSchema = {
  type: 'object',
  properties: {
    example_bool: { type: 'boolean', description: 'Example boolean option' },
    thinking: { type: 'boolean', description: 'Emit two canned reasoning chunks before the response' },
  },
  additionalProperties: false,
};

/** Models without a network that answer with what they were asked. behaviour 10. */
export const echoModels: readonly Model[] = [
  { id: 'echo', provider: 'echo', upstreamId: 'echo', name: 'Echo', aliases: [], key: null, features, optionsSchema },
  {
    id: 'echo-needs-key',
    provider: 'echo',
    upstreamId: 'echo-needs-key',
    name: 'Echo with a key',
    aliases: [],
    key: { name: 'echo-needs-key', secret: 'ECHO_NEEDS_KEY_API_KEY', variables: ['LLM_ECHO_NEEDS_KEY_KEY'] },
    features,
    optionsSchema,
  },
];

export function createEchoProvider(): Provider {
  return { name: 'echo', prompt: answer, ...echoEmbed };
}

const thoughts = ['First I consider the prompt, ', 'then I decide what to say.'];

async function answer(call: ProviderCall, emit: (event: ModelEvent) => void): Promise<ModelFinish> {
  call.signal.throwIfAborted();
  refuseImpossible(call);
  const turns = readTurns(call);
  const order = readOrder(turns.prompt);
  const output = order.raw ?? pythonJson(await describe(call, turns, order), 2);
  const usage: Usage = { inputTokens: countWords(turns.prompt), outputTokens: countWords(output) };
  const parts: { kind: 'reasoning' | 'text'; pieces: readonly string[] }[] = [{ kind: 'text', pieces: piecesOf(output) }];
  if (call.options.thinking === true) parts.unshift({ kind: 'reasoning', pieces: thoughts });

  for (const [part, { kind, pieces }] of parts.entries()) {
    emit({ type: 'part', part, kind });
    for (const text of call.stream ? pieces : [pieces.join('')]) {
      emit({ type: kind, part, text });
      await pause(0, call.signal);
    }
    emit({ type: 'partEnd', part });
  }
  for (const [index, { name, args }] of order.toolCalls.entries()) {
    const part = parts.length + index;
    const toolCallId = `call_${crypto.randomUUID()}`;
    emit({ type: 'part', part, kind: 'toolCall', toolCallId, name });
    emit({ type: 'toolArgs', part, text: JSON.stringify(args) });
    emit({ type: 'partEnd', part, content: { type: 'toolCall', toolCallId, name, args } });
  }
  emit({ type: 'usage', usage });
  return { stopReason: order.toolCalls.length > 0 ? 'toolCalls' : 'end', usage };
}

function refuseImpossible(call: ProviderCall): void {
  const { id, key } = call.model;
  if (call.schema) throw new Failure('unsupportedFeature', `${id} does not support schemas: leave out \`schema\` or choose another model`);
  if (key && call.key === null) {
    throw new Failure('keyMissing', `${id} needs a key: set ${key.variables[0]} or the secret ${key.secret}`, {
      required: { key: key.name },
    });
  }
}

interface Order {
  /** Replaces the whole output. */
  readonly raw: string | undefined;
  readonly prompt: string;
  readonly toolCalls: readonly { name: string; args: Json }[];
}

/** A prompt that is a JSON object says what to answer. behaviour 10.1. */
function readOrder(prompt: string): Order {
  const plain: Order = { raw: undefined, prompt, toolCalls: [] };
  if (!prompt.trim().startsWith('{')) return plain;
  const order = parseObject(prompt);
  if (order === undefined) return plain;
  const { raw, prompt: text = '', tool_calls: toolCalls } = order;
  if (raw !== undefined && raw !== null) return { ...plain, raw: typeof raw === 'string' ? raw : pythonJson(raw, 2) };
  return { raw: undefined, prompt: typeof text === 'string' ? text : JSON.stringify(text), toolCalls: readToolCalls(toolCalls) };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}

function readToolCalls(value: Json | undefined): Order['toolCalls'] {
  if (value === undefined || value === null) return [];
  const calls = Array.isArray(value) ? value : [value];
  return calls.map((call) => {
    const { name, arguments: args } = (typeof call === 'object' && call !== null ? call : {}) as JsonObject;
    if (typeof name === 'string') return { name, args: args ?? {} };
    throw new Failure('invalidParams', 'echo: each of tool_calls has to be an object with a name and, if needed, arguments');
  });
}

async function describe(call: ProviderCall, turns: EchoTurns, order: Order): Promise<JsonObject> {
  const attachments: Json[] = [];
  for (const attachment of turns.attachments) {
    const { mediaType = null, path = null, url = null } = attachment;
    attachments.push({ type: mediaType, path, url, id: await attachmentId(attachment) });
  }
  const exampleBool = call.options.example_bool;
  return {
    prompt: order.prompt,
    system: turns.system,
    attachments,
    stream: call.stream,
    previous: turns.previous.map((prompt) => ({ prompt })),
    ...(typeof exampleBool === 'boolean' ? { options: { example_bool: exampleBool } } : {}),
    ...(turns.toolResults.length > 0 ? { tool_results: turns.toolResults.map((result) => ({ ...result })) } : {}),
    ...(call.model.key === null ? {} : { key: call.key }),
  };
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

const mostPieces = 256;

/** Word by word, or in runs of words when there are many. */
function piecesOf(text: string): readonly string[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  const run = Math.ceil(words.length / mostPieces);
  return run <= 1
    ? words
    : Array.from({ length: Math.ceil(words.length / run) }, (_, index) => words.slice(index * run, (index + 1) * run).join(''));
}
