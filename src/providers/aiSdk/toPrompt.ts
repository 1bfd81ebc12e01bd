import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import type { AttachmentPart, ContentPart, Json, Message } from '../../../protocol/index.ts';
import type { SignaturePlace } from './definition.ts';

interface PromptPlace {
  readonly namespace: string;
  readonly signature: SignaturePlace | undefined;
}

type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];
type UserContent = Extract<LanguageModelV4Message, { role: 'user' }>['content'];
type PartOf<Type extends string> = Extract<ContentPart, { type: Type }>;

/**
 * A conversation of ours as the packages take it. Opaque values (signatures, ids) travel from `providerMetadata` and
 * `signature` into provider options; those of another provider are left aside by the packages.
 */
export function toPrompt(system: string | undefined, messages: readonly Message[], place: PromptPlace): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = [];
  if (system !== undefined && system !== '') prompt.push({ role: 'system', content: system });
  const toolNames = new Map<string, string>();
  for (const message of messages) {
    const parts: ContentPart[] = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    const results = parts.filter((part) => isPart(part, 'toolResult'));
    for (const part of parts) if (isPart(part, 'toolCall')) toolNames.set(part.toolCallId, part.name);
    const converted = toMessage(message, parts, place);
    const answered: LanguageModelV4Message[] =
      results.length === 0 ? [] : [{ role: 'tool', content: results.map((result) => toToolResult(result, toolNames)) }];
    // Results come right after the calls they answer, also when the message has text of the user beside them.
    const both = message.role === 'assistant' ? [converted, ...answered] : [...answered, converted];
    prompt.push(...both.filter((one) => one !== undefined));
  }
  return prompt;
}

function toMessage(message: Message, parts: readonly ContentPart[], place: PromptPlace): LanguageModelV4Message | undefined {
  const options = { ...optionsOf(message.providerMetadata) };
  if (message.role === 'system') {
    const content = parts.flatMap((part) => (isPart(part, 'text') ? [part.text] : [])).join('\n');
    return { role: 'system', content, ...options };
  }
  if (message.role === 'assistant') {
    const content = parts.flatMap((part) => toAssistantPart(part, place));
    return content.length === 0 ? undefined : { role: 'assistant', content, ...options };
  }
  const content = parts.flatMap(toUserPart);
  return content.length === 0 ? undefined : { role: 'user', content, ...options };
}

function toUserPart(part: ContentPart): UserContent {
  if (isPart(part, 'text')) return [{ type: 'text', text: part.text, ...optionsOf(part.providerMetadata) }];
  if (isPart(part, 'attachment')) return [toFile(part)];
  return [];
}

function toAssistantPart(part: ContentPart, { namespace, signature }: PromptPlace): AssistantContent {
  if (isPart(part, 'text')) return [{ type: 'text', text: part.text, ...optionsOf(part.providerMetadata) }];
  if (isPart(part, 'reasoning')) {
    const member = part.redacted === true ? signature?.redacted : signature?.reasoning;
    const value = part.signature ?? (hasId(part.providerMetadata, namespace) ? signature?.absent : undefined);
    return [{ type: 'reasoning', text: part.text, ...optionsOf(part.providerMetadata, { namespace, member, value }) }];
  }
  if (isPart(part, 'toolCall')) {
    const signed = { namespace, member: signature?.toolCall, value: part.signature };
    const input = typeof part.args === 'string' ? parsed(part.args) : part.args;
    return [{ type: 'tool-call', toolCallId: part.toolCallId, toolName: part.name, input, ...optionsOf(part.providerMetadata, signed) }];
  }
  if (isPart(part, 'attachment')) return [toFile(part)];
  return [];
}

interface Signed {
  readonly namespace: string;
  readonly member: string | undefined;
  readonly value: string | undefined;
}

function hasId(metadata: Json | undefined, namespace: string): boolean {
  return typeof (metadata as SharedV4ProviderOptions | undefined)?.[namespace]?.['itemId'] === 'string';
}

/** A signature that came without its metadata (a host that keeps the named members only) is put where the package has it. */
function optionsOf(metadata: Json | undefined, signed?: Signed): { providerOptions?: SharedV4ProviderOptions } {
  const options = (typeof metadata === 'object' && metadata !== null ? metadata : undefined) as SharedV4ProviderOptions | undefined;
  if (signed?.value === undefined || signed.member === undefined || isGiven(options?.[signed.namespace]?.[signed.member])) {
    return options === undefined ? {} : { providerOptions: options };
  }
  const own = { ...options?.[signed.namespace], [signed.member]: signed.value };
  return { providerOptions: { ...options, [signed.namespace]: own } };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Content, or a URL: files have been read before. */
function toFile({ mediaType = 'application/octet-stream', data, url }: AttachmentPart): LanguageModelV4FilePart {
  if (url === undefined) return { type: 'file', mediaType, data: { type: 'data', data: data ?? '' } };
  return { type: 'file', mediaType, data: { type: 'url', url: new URL(url) } };
}

function toToolResult(result: PartOf<'toolResult'>, toolNames: ReadonlyMap<string, string>): LanguageModelV4ToolResultPart {
  const toolName = result.name ?? toolNames.get(result.toolCallId) ?? 'unknown';
  return { type: 'tool-result', toolCallId: result.toolCallId, toolName, output: toOutput(result) };
}

function toOutput({ content, isError }: PartOf<'toolResult'>): LanguageModelV4ToolResultOutput {
  if (content.some((part) => part.type === 'attachment')) {
    const value: Extract<LanguageModelV4ToolResultOutput, { type: 'content' }>['value'] = [];
    for (const part of content) {
      if (isPart(part, 'text')) value.push({ type: 'text', text: part.text });
      if (isPart(part, 'attachment')) value.push(toFile(part));
    }
    return { type: 'content', value };
  }
  const value = content.flatMap((part) => (isPart(part, 'text') ? [part.text] : [])).join('');
  return { type: isError === true ? 'error-text' : 'text', value };
}

function isPart<Type extends 'text' | 'reasoning' | 'toolCall' | 'toolResult' | 'attachment'>(
  part: ContentPart,
  type: Type,
): part is PartOf<Type> {
  return part.type === type;
}

/** Arguments that were not JSON when the model wrote them are handed back as it wrote them. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
