import type { LanguageModelV4FinishReason, SharedV4ProviderMetadata } from '@ai-sdk/provider';
import { generateId } from '@ai-sdk/provider-utils';
import type { Json, JsonObject } from '../../../protocol/index.ts';
import { AnswerError } from '../aiSdk/finish.ts';
import { isGiven, isObject, requiredText, UnreadableEvent, type OpenReader } from './reader.ts';

/** Gemini's generateContent. A streamed answer is a row of whole ones. Tools that Google runs itself are left out, as everywhere. */
export const openGeminiReader: OpenReader = ({ collector, ending, namespace }) => {
  let open: { readonly kind: 'text' | 'reasoning'; readonly id: string } | undefined;
  let parts = 0;
  let hasCalls = false;
  let blocked = false;

  const close = (): void => {
    if (open !== undefined) collector.end(open.id, undefined);
    open = undefined;
  };
  const begin = (kind: 'text' | 'reasoning', metadata: SharedV4ProviderMetadata | undefined): string => {
    close();
    open = { kind, id: `part-${parts++}` };
    collector.begin(kind, open.id, { metadata });
    return open.id;
  };
  const takeText = (text: string, part: JsonObject): void => {
    const kind = part['thought'] === true ? 'reasoning' : 'text';
    const metadata = signed(part);
    if (text !== '') {
      collector.append(open?.kind === kind ? open.id : begin(kind, metadata), text, metadata);
      return;
    }
    if (metadata === undefined) return;
    if (open?.kind === 'text') {
      collector.append(open.id, '', metadata);
      return;
    }
    // A signature by itself keeps its place among the parts.
    begin(kind, metadata);
    close();
  };
  const takeCall = (call: JsonObject, part: JsonObject): void => {
    if (isGiven(call['partialArgs']) || call['willContinue'] === true) throw new UnreadableEvent('whole function call');
    // The end of a call that came in pieces, of which there are none.
    if (!isGiven(call['name'])) return;
    close();
    const { id, args } = call;
    const toolCallId = typeof id === 'string' && id !== '' ? id : generateId();
    const toolName = requiredText(call, 'name');
    const input = typeof args === 'string' ? args : JSON.stringify(args ?? {});
    collector.begin('toolCall', toolCallId, { name: toolName, metadata: undefined });
    if (isGiven(args)) collector.append(toolCallId, input);
    collector.toolCall({ type: 'tool-call', toolCallId, toolName, input, ...(signed(part) && { providerMetadata: signed(part) }) });
    hasCalls = true;
  };
  const takeFile = (data: JsonObject, part: JsonObject): void => {
    close();
    if (part['thought'] === true) return;
    const file = { type: 'data' as const, data: requiredText(data, 'data') };
    collector.file({ type: 'file', mediaType: requiredText(data, 'mimeType'), data: file });
  };
  const signed = ({ thoughtSignature: signature }: JsonObject): SharedV4ProviderMetadata | undefined =>
    typeof signature === 'string' && signature !== '' ? { [namespace]: { thoughtSignature: signature } } : undefined;
  const takePart = (part: Json): void => {
    if (!isObject(part)) throw new UnreadableEvent('part');
    const { functionCall, inlineData, text } = part;
    if (isObject(functionCall)) takeCall(functionCall, part);
    else if (isObject(inlineData)) takeFile(inlineData, part);
    else if (typeof text === 'string') takeText(text, part);
    else if (isGiven(text)) throw new UnreadableEvent('text');
  };
  const takeCandidate = ({ content, finishReason: reason }: JsonObject): void => {
    const said = isObject(content) ? content['parts'] : content;
    if (Array.isArray(said)) said.forEach(takePart);
    else if (isGiven(said)) throw new UnreadableEvent('content');
    if (typeof reason === 'string') ending.finishReason = { unified: unifiedOf(reason, hasCalls), raw: reason };
  };
  const take = (answer: JsonObject): void => {
    if (isGiven(answer['error'])) throw new AnswerError(answer['error']);
    const { responseId, promptFeedback, candidates } = answer;
    if (typeof responseId === 'string') ending.responseId ??= responseId;
    const blockReason = isObject(promptFeedback) ? promptFeedback['blockReason'] : undefined;
    if (!blocked && typeof blockReason === 'string' && !noReason.has(blockReason)) {
      blocked = true;
      ending.finishReason = { unified: 'content-filter', raw: blockReason };
    }
    if (!isGiven(candidates) || blocked) return;
    if (!Array.isArray(candidates)) throw new UnreadableEvent('candidates');
    const [candidate] = candidates;
    if (isObject(candidate)) takeCandidate(candidate);
    else if (isGiven(candidate)) throw new UnreadableEvent('candidate');
  };
  return { take, takeWhole: take, end: close };
};

const noReason: ReadonlySet<string> = new Set(['', 'BLOCK_REASON_UNSPECIFIED', 'BLOCKED_REASON_UNSPECIFIED']);

function unifiedOf(reason: string, hasCalls: boolean): LanguageModelV4FinishReason['unified'] {
  switch (reason) {
    case 'STOP':
      return hasCalls ? 'tool-calls' : 'stop';
    case 'MAX_TOKENS':
    case 'CONTINUATION':
      return 'length';
    case 'IMAGE_SAFETY':
    case 'RECITATION':
    case 'SAFETY':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
      return 'content-filter';
    case 'MALFORMED_FUNCTION_CALL':
      return 'error';
    default:
      return 'other';
  }
}
