import type { JSONSchema7, LanguageModelV4CallOptions, LanguageModelV4FunctionTool, LanguageModelV4ToolChoice } from '@ai-sdk/provider';
import type { JsonObject, ToolChoice, ToolSpec } from '../../../protocol/index.ts';
import type { ProviderCall } from '../../engine/ports.ts';
import type { CallSettings, ProviderDefinition } from './definition.ts';
import { meetsStrictRules } from './strictRules.ts';
import { toPrompt } from './toPrompt.ts';

/** A call of ours as the packages take it. Attachments are content or a URL by now. */
export function toCallOptions(call: ProviderCall, definition: ProviderDefinition, api: string | undefined): LanguageModelV4CallOptions {
  const namespace = definition.namespace(api);
  const { model, options, schema } = call;
  const prepared = definition.prepare?.({ model, options, api, schema, hasTools: call.tools.length > 0 });
  const own = { ...prepared?.own, ...strictness(call, definition), ...(options[definition.type] as JsonObject | undefined) };
  return {
    prompt: toPrompt(call.system, call.messages, { namespace, signature: definition.signature }),
    ...toSettings(options),
    ...prepared?.settings,
    ...(Object.keys(own).length === 0 ? {} : { providerOptions: { [namespace]: own } }),
    ...(schema === undefined ? {} : { responseFormat: { type: 'json', schema: schema as JSONSchema7, name: 'response' } }),
    ...(call.tools.length === 0
      ? {}
      : { tools: call.tools.map((tool) => toTool(tool, definition)), toolChoice: toToolChoice(call.toolChoice) }),
  };
}

function toSettings(options: JsonObject): CallSettings {
  const stop = options['stop'];
  const settings = {
    temperature: options['temperature'],
    maxOutputTokens: options['max_tokens'],
    topP: options['top_p'],
    topK: options['top_k'],
    stopSequences: typeof stop === 'string' ? [stop] : stop,
    seed: options['seed'],
    presencePenalty: options['presence_penalty'],
    frequencyPenalty: options['frequency_penalty'],
    reasoning: options['reasoning'],
  };
  // The options were checked against the model's schema, which has these types.
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== null)) as CallSettings;
}

function strictness(call: ProviderCall, definition: ProviderDefinition): JsonObject {
  if (definition.strictSchemas !== true || call.schema === undefined) return {};
  return { strictJsonSchema: meetsStrictRules(call.schema) };
}

function toTool({ name, description, inputSchema }: ToolSpec, definition: ProviderDefinition): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    inputSchema: inputSchema as JSONSchema7,
    ...(definition.strictSchemas === true ? { strict: meetsStrictRules(inputSchema) } : {}),
  };
}

function toToolChoice(choice: ToolChoice | undefined): LanguageModelV4ToolChoice {
  if (choice === undefined) return { type: 'auto' };
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.name };
}
