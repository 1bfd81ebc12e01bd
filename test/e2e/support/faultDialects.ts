/** How each wire says the same, written from its documentation. An event is one piece of an event stream. */
export interface FaultDialect {
  /** The provider in the configuration, without base_url, key and models. */
  readonly provider: object;
  /** An answer that begins and says these pieces, one an event after the first ones. */
  readonly says: (pieces: readonly string[]) => string[];
  /** What makes that a whole answer. */
  readonly ends: (pieces: readonly string[]) => string[];
  /** An answer that begins and calls the tool `look` with arguments in these pieces. */
  readonly calls: (pieces: readonly string[]) => string[];
  readonly endsCall: (pieces: readonly string[]) => string[];
  /** The answer in one piece. `ended`: with the word that says why it ended. */
  readonly whole: (text: string, ended: boolean) => object;
  /** The call of the tool in one piece. */
  readonly wholeCall: (args: string) => object;
  /** Its body with a status of 400 and more. */
  readonly refusal: (status: number, type: string, message: string) => object;
  /** An error in the middle of an event stream. */
  readonly errorEvent: string;
  /** What it calls errors of these statuses. */
  readonly types: Readonly<Record<number, string>>;
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const named = (value: { readonly type: string; readonly [member: string]: unknown }): string => `event: ${value.type}\n${data(value)}`;

const openaiTypes = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  429: 'requests',
  500: 'server_error',
  503: 'server_error',
};
const openaiRefusal = (_: number, type: string, message: string) => ({ error: { message, type, param: null, code: null } });

const responseOf = (status: string, output: readonly object[]) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_760_000_000,
  status,
  model: 'm',
  error: null,
  incomplete_details: null,
  output,
  usage:
    status === 'completed'
      ? {
          input_tokens: 7,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 12,
        }
      : null,
});
const messageItem = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
});
const callItem = (args: string) => ({
  id: 'fc_1',
  type: 'function_call',
  status: 'completed',
  call_id: 'call_1',
  name: 'look',
  arguments: args,
});

const responses: FaultDialect = {
  provider: { type: 'openai', api: 'responses' },
  says: (pieces) => [
    named({ type: 'response.created', response: responseOf('in_progress', []) }),
    named({ type: 'response.output_item.added', output_index: 0, item: { ...messageItem(''), status: 'in_progress', content: [] } }),
    ...pieces.map((delta) => named({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta })),
  ],
  ends: (pieces) => [
    named({ type: 'response.output_item.done', output_index: 0, item: messageItem(pieces.join('')) }),
    named({ type: 'response.completed', response: responseOf('completed', [messageItem(pieces.join(''))]) }),
  ],
  calls: (pieces) => [
    named({ type: 'response.created', response: responseOf('in_progress', []) }),
    named({ type: 'response.output_item.added', output_index: 0, item: { ...callItem(''), status: 'in_progress' } }),
    ...pieces.map((delta) => named({ type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 0, delta })),
  ],
  endsCall: (pieces) => [
    named({ type: 'response.output_item.done', output_index: 0, item: callItem(pieces.join('')) }),
    named({ type: 'response.completed', response: responseOf('completed', [callItem(pieces.join(''))]) }),
  ],
  whole: (text, ended) => responseOf(ended ? 'completed' : 'in_progress', [messageItem(text)]),
  wholeCall: (args) => responseOf('completed', [callItem(args)]),
  refusal: openaiRefusal,
  errorEvent: named({ type: 'error', sequence_number: 9, code: 'server_error', message: 'It broke.', param: null }),
  types: openaiTypes,
};

const chunk = (delta: object, finish: string | null = null) =>
  data({
    id: 'c-1',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
const chatUsage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };
const chatEnd = (finish: string): string[] => [
  chunk({}, finish),
  data({ id: 'c-1', object: 'chat.completion.chunk', created: 1_760_000_000, model: 'm', choices: [], usage: chatUsage }),
  'data: [DONE]\n\n',
];
const chatWhole = (message: object, finish: string | null) => ({
  id: 'c-1',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage: chatUsage,
});
const toolCall = (args: string) => ({ id: 'call_1', type: 'function', function: { name: 'look', arguments: args } });

const chat: FaultDialect = {
  provider: { type: 'openai', api: 'chat' },
  says: (pieces) => [chunk({ role: 'assistant', content: '' }), ...pieces.map((content) => chunk({ content }))],
  ends: () => chatEnd('stop'),
  calls: (pieces) => [
    chunk({ role: 'assistant', content: null, tool_calls: [{ index: 0, ...toolCall('') }] }),
    ...pieces.map((args) => chunk({ tool_calls: [{ index: 0, function: { arguments: args } }] })),
  ],
  endsCall: () => chatEnd('tool_calls'),
  whole: (text, ended) => chatWhole({ content: text }, ended ? 'stop' : null),
  wholeCall: (args) => chatWhole({ content: null, tool_calls: [toolCall(args)] }, 'tool_calls'),
  refusal: openaiRefusal,
  errorEvent: data({ error: { message: 'It broke.', type: 'server_error', param: null, code: null } }),
  types: openaiTypes,
};

const compatible: FaultDialect = {
  ...chat,
  provider: { type: 'openai-compatible' },
  refusal: (status, type, message) => ({ object: 'error', message, type, param: null, code: status }),
  errorEvent: data({ error: { object: 'error', message: 'It broke.', type: 'InternalServerError', param: null, code: 500 } }),
  types: {
    400: 'BadRequestError',
    401: 'AuthenticationError',
    429: 'RateLimitError',
    500: 'InternalServerError',
    503: 'ServiceUnavailableError',
  },
};

const anthropicMessage = (content: readonly object[], stop: string | null) => ({
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content,
  stop_reason: stop,
  stop_sequence: null,
  usage: { input_tokens: 7, output_tokens: stop === null ? 1 : 5 },
});
const anthropicEnd = (stop: string): string[] => [
  named({ type: 'content_block_stop', index: 0 }),
  named({ type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 5 } }),
  named({ type: 'message_stop' }),
];
const anthropicBlock = (block: object, deltas: readonly object[]): string[] => [
  named({ type: 'message_start', message: anthropicMessage([], null) }),
  named({ type: 'content_block_start', index: 0, content_block: block }),
  ...deltas.map((delta) => named({ type: 'content_block_delta', index: 0, delta })),
];

const anthropic: FaultDialect = {
  provider: { type: 'anthropic' },
  says: (pieces) =>
    anthropicBlock(
      { type: 'text', text: '' },
      pieces.map((text) => ({ type: 'text_delta', text })),
    ),
  ends: () => anthropicEnd('end_turn'),
  calls: (pieces) =>
    anthropicBlock(
      { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
      pieces.map((json) => ({ type: 'input_json_delta', partial_json: json })),
    ),
  endsCall: () => anthropicEnd('tool_use'),
  whole: (text, ended) => anthropicMessage([{ type: 'text', text }], ended ? 'end_turn' : null),
  wholeCall: (args) => anthropicMessage([{ type: 'tool_use', id: 'toolu_1', name: 'look', input: JSON.parse(args) }], 'tool_use'),
  refusal: (_, type, message) => ({ type: 'error', error: { type, message }, request_id: 'req_1' }),
  errorEvent: named({ type: 'error', error: { type: 'overloaded_error', message: 'It broke.' } }),
  types: { 400: 'invalid_request_error', 401: 'authentication_error', 429: 'rate_limit_error', 500: 'api_error', 503: 'overloaded_error' },
};

const candidate = (parts: readonly object[], finishReason?: string) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) }],
  usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 },
  modelVersion: 'm',
  responseId: 'g-1',
});
const functionCall = (args: string) => ({ functionCall: { name: 'look', args: JSON.parse(args), id: 'fn_1' } });

const google: FaultDialect = {
  provider: { type: 'google' },
  says: (pieces) => pieces.map((text) => data(candidate([{ text }]))),
  ends: () => [data(candidate([{ text: '' }], 'STOP'))],
  // A call comes whole, in one event.
  calls: (pieces) => [data(candidate([functionCall(pieces.join(''))]))],
  endsCall: () => [data(candidate([{ text: '' }], 'STOP'))],
  whole: (text, ended) => candidate([{ text }], ended ? 'STOP' : undefined),
  wholeCall: (args) => candidate([functionCall(args)], 'STOP'),
  refusal: (status, type, message) => ({ error: { code: status, message, status: type } }),
  errorEvent: data({ error: { code: 503, message: 'It broke.', status: 'UNAVAILABLE' } }),
  types: { 400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 429: 'RESOURCE_EXHAUSTED', 500: 'INTERNAL', 503: 'UNAVAILABLE' },
};

export const faultDialects = {
  'openai-responses': responses,
  'openai-chat': chat,
  anthropic,
  google,
  'openai-compatible': compatible,
} satisfies Record<string, FaultDialect>;
export type DialectName = keyof typeof faultDialects;
