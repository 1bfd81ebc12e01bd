import type { JsonObject, ToolChoice } from '../../protocol/index.ts';
import type { ModelEvent, ModelFinish, Provider, ProviderCall } from '../engine/ports.ts';

/**
 * Gives structured output to models that have tools and no schemas: the answer is the arguments of a tool that the model has to
 * call, and arrives as text, piece by piece.
 */
export function answerByTool<Inner extends Provider>(provider: Inner): Inner {
  return {
    ...provider,
    schemaByTool: true,
    async prompt(call, emit) {
      const { schema, model } = call;
      if (schema === undefined || model.features.schema) return provider.prompt(call, emit);
      const name = freeName(call);
      const wraps = schema['type'] !== 'object';
      const answerTool = { name, description, inputSchema: wraps ? wrapped(schema) : schema };
      const reader = createAnswerReader(name, wraps, emit);
      const finish = await provider.prompt(
        { ...call, schema: undefined, tools: [...call.tools, answerTool], toolChoice: choiceOf(call, name) },
        reader.take,
      );
      return reader.end(finish);
    },
  };
}

const description = 'Gives the final answer. Call it once, with the whole answer.';

/** Several providers refuse a forced call together with reasoning: there the tool is only offered. */
function choiceOf({ tools, toolChoice, options }: ProviderCall, name: string): ToolChoice {
  if (typeof toolChoice === 'object') return toolChoice;
  const { reasoning } = options;
  if (reasoning !== undefined && reasoning !== 'none') return 'auto';
  return tools.length === 0 || toolChoice === 'none' ? { name } : 'required';
}

function freeName({ tools }: ProviderCall): string {
  const taken = new Set(tools.map((tool) => tool.name));
  let name = 'answer';
  while (taken.has(name)) name += '_';
  return name;
}

/** Arguments are always an object. */
function wrapped({ $defs, definitions, ...value }: JsonObject): JsonObject {
  return {
    type: 'object',
    properties: { value },
    required: ['value'],
    additionalProperties: false,
    ...($defs === undefined ? {} : { $defs }),
    ...(definitions === undefined ? {} : { definitions }),
  };
}

interface AnswerReader {
  take(event: ModelEvent): void;
  end(finish: ModelFinish): ModelFinish;
}

function createAnswerReader(name: string, wraps: boolean, emit: (event: ModelEvent) => void): AnswerReader {
  /** Of the first call of the tool; what a model answers a second time is left out. */
  let answer: number | undefined;
  const repeated = new Set<number>();
  let wrote = false;
  let otherCalls = 0;
  const write = (part: number, text: string): void => {
    wrote ||= text !== '';
    emit({ type: 'text', part, text });
  };
  const endAnswer = (event: Extract<ModelEvent, { type: 'partEnd' }>): void => {
    const { part, content } = event;
    if (content?.type === 'toolCall' && !wrote) {
      const args = content.args;
      const value = wraps && typeof args === 'object' && args !== null && !Array.isArray(args) ? args['value'] : args;
      if (value !== undefined) write(part, typeof args === 'string' ? args : JSON.stringify(value));
    }
    emit({ type: 'partEnd', part });
  };
  return {
    take(event) {
      if (event.type === 'part' && event.kind === 'toolCall') {
        if (event.name !== name) otherCalls += 1;
        else if (answer !== undefined) return void repeated.add(event.part);
        else {
          answer = event.part;
          return emit({ type: 'part', part: event.part, kind: 'text' });
        }
      }
      if ('part' in event && repeated.has(event.part)) return;
      if (!('part' in event) || event.part !== answer) return emit(event);
      if (event.type === 'toolArgs') {
        if (!wraps) write(event.part, event.text);
      } else if (event.type === 'partEnd') endAnswer(event);
    },
    end: (finish) =>
      finish.stopReason === 'toolCalls' && answer !== undefined && otherCalls === 0 ? { ...finish, stopReason: 'end' } : finish,
  };
}
