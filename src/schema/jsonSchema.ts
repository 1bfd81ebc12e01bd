import type { JsonObject } from '../../protocol/index.ts';
import { contractSchemas, type ContractSchema } from './contractSchemas.ts';

/**
 * The protocol as one JSON Schema (draft 2020-12): `$defs` holds every shape, the params and the result of each method
 * (`LlmPromptParams`, `LlmPromptResult`; no result where it is always null), and `ClientMessage` and `ServerMessage`: all
 * that may travel in a direction, answers aside.
 */
export function buildJsonSchema(): JsonObject {
  const { contracts, shapes } = contractSchemas('#/$defs/');
  const messages = contracts.flatMap(({ name, params, result }) => [
    [`${name}Params`, params] as const,
    ...(result === null || result.type === 'null' ? [] : [[`${name}Result`, withoutNull(result)] as const]),
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'llm-sidecar protocol',
    anyOf: [{ $ref: '#/$defs/ClientMessage' }, { $ref: '#/$defs/ServerMessage' }],
    $defs: {
      ...shapes,
      ...Object.fromEntries(messages),
      ClientMessage: { anyOf: contracts.filter(({ direction }) => direction !== 'serverToClient').map(toEnvelope) },
      ServerMessage: { anyOf: contracts.filter(({ direction }) => direction !== 'clientToServer').map(toEnvelope) },
    },
  };
}

/** Generators of types name a definition by its object; of one that may be null some make code that does not compile. */
function withoutNull(result: JsonObject): JsonObject {
  const { anyOf } = result;
  if (!Array.isArray(anyOf)) return result;
  const [one, ...others] = (anyOf as JsonObject[]).filter(({ type }) => type !== 'null');
  return one === undefined || others.length > 0 ? result : { ...one, description: 'null does as well.' };
}

function toEnvelope({ method, name, result }: ContractSchema): JsonObject {
  return {
    type: 'object',
    properties: {
      jsonrpc: { type: 'string', const: '2.0' },
      ...(result === null ? {} : { id: { type: ['string', 'integer'] } }),
      method: { type: 'string', const: method },
      params: { $ref: `#/$defs/${name}Params` },
    },
    required: ['jsonrpc', 'method', ...(result === null ? [] : ['id'])],
  };
}
