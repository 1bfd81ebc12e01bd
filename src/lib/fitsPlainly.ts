import type { Json, JsonObject } from '../../protocol/index.ts';

/**
 * Whether a look tells that `value` fits a JSON Schema of an object whose members are numbers and words, such as the options of a
 * model; false: `checkJson` has to say. Without zod, which most prompts need for nothing else.
 */
export function fitsPlainly(schema: JsonObject, value: JsonObject): boolean {
  const { type, properties = {}, additionalProperties: _, description: __, ...more } = schema;
  if (type !== 'object' || !isObject(properties) || Object.keys(more).length > 0) return false;
  return Object.entries(value).every(([name, member]) => Object.hasOwn(properties, name) && isPlainMember(properties[name], member));
}

function isPlainMember(schema: Json | undefined, value: Json): boolean {
  if (!isObject(schema)) return false;
  const { type, minimum = -Infinity, maximum = Infinity, enum: words, description: _, ...more } = schema;
  if (Object.keys(more).length > 0 || typeof minimum !== 'number' || typeof maximum !== 'number') return false;
  if (typeof value === 'number') {
    const isNumber = type === 'number' || (type === 'integer' && Number.isSafeInteger(value));
    return isNumber && words === undefined && value >= minimum && value <= maximum;
  }
  if (typeof value === 'string') return type === 'string' && (words === undefined || (Array.isArray(words) && words.includes(value)));
  return typeof value === 'boolean' && type === 'boolean' && words === undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
