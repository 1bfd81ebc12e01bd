import type { ContentPart, Json, JsonObject, Message, ToolSpec } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import type { TokenBound } from './price.ts';

/** What one step sends. */
export interface BoundedPrompt {
  readonly model: Model;
  readonly system: string | undefined;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly schema: JsonObject | undefined;
  /** Those in force. */
  readonly options: JsonObject;
}

/**
 * The most tokens of a prompt and its answer. Counted high and fast: a token is at least one byte of UTF-8, and what is not text
 * is counted by kind (docs/pricing.md). No more than the context window holds.
 */
export function boundTokens(prompt: BoundedPrompt): TokenBound {
  const { model, system, messages, tools, schema } = prompt;
  const parts = [
    perRequest,
    tools.length > 0 || schema !== undefined ? perToolRequest : 0,
    system === undefined ? 0 : perMessage + bytesOf(system),
    ...messages.map(tokensOfMessage),
    ...tools.map((tool) => perMessage + bytesOf(tool.name) + bytesOf(tool.description ?? '') + jsonBytesOf(tool.inputSchema)),
    schema === undefined ? 0 : perMessage + jsonBytesOf(schema),
  ];
  const window = model.contextWindow ?? Infinity;
  return { inputTokens: Math.min(sum(parts), window), outputTokens: Math.min(outputTokensOf(prompt), window) };
}

/** The most tokens of texts that become vectors, each no longer than the model takes. */
export function boundEmbedTokens(model: Model, input: readonly string[]): TokenBound {
  const window = model.contextWindow ?? Infinity;
  return { inputTokens: sum(input.map((text) => Math.min(perMessage + bytesOf(text), window))), outputTokens: 0 };
}

/** What providers put around every prompt: a preamble, the date. */
const perRequest = 256;
/** The instructions that they put before tools and schemas. Anthropic documents up to 804 tokens. */
const perToolRequest = 1024;
/** Around a message, a text or a tool: roles, names, marks of begin and end. */
const perMessage = 16;
/** The largest picture of gpt-4o-mini has 2833 + 8 × 5667 tokens; of other models a tenth. */
const perImage = 50_000;
/** Of a file at a URL, which nobody has seen yet. */
const perUnseenFile = 1_000_000;
/** Where nothing says how long an answer may be. */
const unknownOutput = 16_384;
/** The least that a thinking budget is, also where none is given. */
const leastBudget = 1024;

/** Tokens of a byte: one of text; of sound at 256 bytes a second 32, the most that is documented. */
const perByte: readonly (readonly [kind: RegExp, tokens: number])[] = [
  [/^(text\/|video\/|application\/(json|xml|yaml|x-yaml)$)/, 1],
  [/^audio\//, 1 / 8],
];
/** Of PDFs and what else is compressed: a dense page of 1.2 kB is read as text and as a picture. */
const perCompressedByte = 4;
const perDocument = 10_000;

function tokensOfMessage({ content, providerMetadata }: Message): number {
  const text = typeof content === 'string' ? bytesOf(content) : sum(content.map(tokensOfPart));
  return perMessage + text + jsonBytesOf(providerMetadata);
}

function tokensOfPart(part: ContentPart): number {
  if (isAttachment(part)) return tokensOfFile(part);
  if (isToolResult(part)) return perMessage + bytesOf(part.toolCallId) + bytesOf(part.name ?? '') + sum(part.content.map(tokensOfPart));
  return perMessage + sum(Object.values(part).map((value) => (typeof value === 'string' ? bytesOf(value) : jsonBytesOf(value))));
}

type Attachment = Extract<ContentPart, { type: 'attachment' }>;
type ToolResult = Extract<ContentPart, { type: 'toolResult' }>;

/** A message may hold parts of kinds that are not known here; these two are told apart by their type alone. */
function isAttachment(part: ContentPart): part is Attachment {
  return part.type === 'attachment';
}

function isToolResult(part: ContentPart): part is ToolResult {
  return part.type === 'toolResult';
}

function tokensOfFile({ mediaType = '', data }: Attachment): number {
  if (mediaType.startsWith('image/')) return perImage;
  if (data === undefined) return perUnseenFile;
  const bytes = Buffer.byteLength(data, 'base64');
  const tokens = perByte.find(([kind]) => kind.test(mediaType))?.[1];
  return tokens === undefined ? perDocument + bytes * perCompressedByte : perMessage + Math.ceil(bytes * tokens);
}

/** The longest answer that is asked for, and what is thought beside it. */
function outputTokensOf({ model, options }: BoundedPrompt): number {
  const own = options[model.providerType ?? model.provider];
  const limits = [options['max_tokens'], ...numbersOf(own, /max_?(completion|output)?_?tokens$/i)].filter((limit) => isCount(limit));
  const budgets = numbersOf(own, /budget/i);
  const thinks = isObject(own) && isObject(own['thinking']);
  const asked = limits.length > 0 ? Math.max(...limits) : usualOutputOf(model, options['reasoning']);
  return asked + Math.max(thinks ? leastBudget : 0, sum(budgets));
}

function usualOutputOf({ usualOutput, maxOutputTokens, contextWindow }: Model, reasoning: Json | undefined): number {
  const reasons = typeof reasoning === 'string' && reasoning !== 'none';
  if (usualOutput) return Math.min(reasons ? usualOutput.reasoning : usualOutput.plain, maxOutputTokens ?? Infinity);
  return maxOutputTokens ?? contextWindow ?? unknownOutput;
}

/** All numbers under such names, however deep. */
function numbersOf(value: Json | undefined, name: RegExp): number[] {
  if (Array.isArray(value)) return value.flatMap((item) => numbersOf(item, name));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (name.test(key) && isCount(inner) ? [inner] : numbersOf(inner, name)));
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonBytesOf(value: Json | undefined): number {
  return value === undefined ? 0 : bytesOf(JSON.stringify(value));
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
