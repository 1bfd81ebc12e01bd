import type { LanguageModelV4Content, SharedV4ProviderMetadata, SharedV4Warning } from '@ai-sdk/provider';
import type { ContentPart, Json } from '../../../protocol/index.ts';
import type { ModelEvent } from '../../engine/ports.ts';
import type { SignaturePlace } from './definition.ts';

type Emit = (event: ModelEvent) => void;
type Metadata = SharedV4ProviderMetadata | undefined;

interface OpenPart {
  readonly kind: 'text' | 'reasoning' | 'toolCall';
  readonly name: string;
  /** -1 until something is emitted of it. */
  index: number;
  text: string;
  metadata: Metadata;
}

/** Numbers the parts of one answer and emits their events. The package's ids may be used again after a part ended. */
export interface Collector {
  /** Whether anything but usage and warnings was emitted. */
  readonly hasContent: () => boolean;
  begin(kind: OpenPart['kind'], id: string, detail: { name?: string | undefined; metadata: Metadata }): void;
  append(id: string, text: string, metadata?: Metadata): void;
  end(id: string, metadata: Metadata): void;
  toolCall(call: Extract<LanguageModelV4Content, { type: 'tool-call' }>): void;
  file(file: Extract<LanguageModelV4Content, { type: 'file' }>): void;
  warnings(warnings: readonly SharedV4Warning[]): void;
  /** Ends the parts that the provider left open. */
  endAll(): void;
}

export function createCollector(emit: Emit, signature: SignaturePlace | undefined): Collector {
  const open = new Map<string, OpenPart>();
  let parts = 0;

  const start = (part: OpenPart, id: string): void => {
    part.index = parts++;
    if (part.kind === 'toolCall') emit({ type: 'part', part: part.index, kind: part.kind, toolCallId: id, name: part.name });
    else emit({ type: 'part', part: part.index, kind: part.kind });
  };
  const begin: Collector['begin'] = (kind, id, { name = '', metadata }) => {
    const part: OpenPart = { kind, name, index: -1, text: '', metadata };
    open.set(id, part);
    if (kind === 'toolCall') start(part, id);
  };
  const end: Collector['end'] = (id, metadata) => {
    const part = open.get(id);
    if (part === undefined) return;
    open.delete(id);
    if (metadata !== undefined) part.metadata = merged(part.metadata, metadata);
    // A part without text counts if it carries something for the next turn: an encrypted or redacted thought.
    if (part.index === -1) {
      if (part.metadata === undefined) return;
      start(part, id);
    }
    emit({ type: 'partEnd', part: part.index, content: contentOf(part, signature) });
  };

  return {
    hasContent: () => parts > 0,
    begin,
    append(id, text, metadata) {
      const part = open.get(id);
      if (part === undefined) return;
      if (metadata !== undefined) part.metadata = merged(part.metadata, metadata);
      if (text === '') return;
      if (part.index === -1) start(part, id);
      part.text += text;
      emit({ type: part.kind === 'toolCall' ? 'toolArgs' : part.kind, part: part.index, text });
    },
    end,
    toolCall(call) {
      // Tools that the provider runs itself are not the caller's to answer.
      if (call.providerExecuted === true) return;
      let part = open.get(call.toolCallId);
      if (part === undefined) {
        part = { kind: 'toolCall', name: call.toolName, index: -1, text: '', metadata: undefined };
        start(part, call.toolCallId);
        emit({ type: 'toolArgs', part: part.index, text: call.input });
      }
      open.delete(call.toolCallId);
      const content = toolCallContent(call, signature);
      if (typeof content.args === 'string') {
        emit({ type: 'warning', code: 'invalidToolArgs', message: `The arguments of the tool call ${call.toolName} are not JSON.` });
      }
      emit({ type: 'partEnd', part: part.index, content });
    },
    file({ mediaType, data }) {
      const index = parts++;
      emit({ type: 'part', part: index, kind: 'attachment' });
      const content: ContentPart = { type: 'attachment', mediaType };
      if (data.type === 'url') content.url = data.url.toString();
      else content.data = typeof data.data === 'string' ? data.data : Buffer.from(data.data).toString('base64');
      emit({ type: 'partEnd', part: index, content });
    },
    warnings(warnings) {
      for (const warning of warnings) emit({ type: 'warning', code: warning.type, message: describe(warning) });
    },
    endAll() {
      for (const [id, part] of open) {
        if (part.kind !== 'toolCall') end(id, undefined);
        // Half a call has no content: nobody may run it.
        else emit({ type: 'partEnd', part: part.index });
      }
      open.clear();
    },
  };
}

function contentOf(part: OpenPart, signature: SignaturePlace | undefined): ContentPart | undefined {
  const { kind, text, metadata } = part;
  if (metadata === undefined) return undefined;
  const providerMetadata = metadata as Json;
  if (kind === 'text') return { type: 'text', text, providerMetadata };
  const content: ContentPart = { type: 'reasoning', text, providerMetadata };
  const hidden = find(metadata, signature?.redacted);
  if (hidden !== undefined) content.redacted = true;
  const signed = hidden ?? find(metadata, signature?.reasoning);
  if (signed !== undefined) content.signature = signed;
  return content;
}

function toolCallContent(call: Extract<LanguageModelV4Content, { type: 'tool-call' }>, signature: SignaturePlace | undefined) {
  const content: Extract<ContentPart, { type: 'toolCall' }> = {
    type: 'toolCall',
    toolCallId: call.toolCallId,
    name: call.toolName,
    args: parsed(call.input),
  };
  const signed = find(call.providerMetadata, signature?.toolCall);
  if (signed !== undefined) content.signature = signed;
  if (call.providerMetadata !== undefined) content.providerMetadata = call.providerMetadata as Json;
  return content;
}

function parsed(input: string): Json {
  if (input.trim() === '') return {};
  try {
    return JSON.parse(input) as Json;
  } catch {
    return input;
  }
}

function find(metadata: Metadata, member: string | undefined): string | undefined {
  if (metadata === undefined || member === undefined) return undefined;
  for (const own of Object.values(metadata)) {
    const value = own?.[member];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** Later metadata of a part adds to the earlier; what it leaves out or sets to null stays. */
function merged(before: Metadata, next: SharedV4ProviderMetadata): SharedV4ProviderMetadata {
  if (before === undefined) return next;
  const result: SharedV4ProviderMetadata = { ...before };
  for (const [namespace, own] of Object.entries(next)) {
    const known = Object.fromEntries(Object.entries(own ?? {}).filter(([, value]) => value !== null && value !== undefined));
    result[namespace] = { ...result[namespace], ...known };
  }
  return result;
}

/** Cut short: some of the packages' warnings quote whole parts of the prompt. */
function describe(warning: SharedV4Warning): string {
  const text =
    warning.type === 'other'
      ? warning.message
      : warning.type === 'deprecated'
        ? `${warning.setting}: ${warning.message}`
        : `${warning.feature}${warning.details === undefined ? '' : `: ${warning.details}`}`;
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
