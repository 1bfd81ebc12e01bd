import type { Json, JsonObject } from '../../../protocol/index.ts';

/** Azure's content filter answers with choices that have no `message`, which the package takes for invalid. */
export function withMessages(body: JsonObject): JsonObject | undefined {
  const choices = body['choices'];
  if (!Array.isArray(choices) || !choices.some(lacksMessage)) return undefined;
  return {
    ...body,
    choices: choices.map((choice) =>
      lacksMessage(choice) ? { ...(choice as JsonObject), message: { role: 'assistant', content: null } } : choice,
    ),
  };
}

function lacksMessage(choice: Json): boolean {
  return typeof choice === 'object' && choice !== null && !Array.isArray(choice) && choice['message'] === undefined;
}
