import { errorCodes, protocolVersion, type ErrorKind, type Json, type JsonObject } from '../../protocol/index.ts';
import { contractSchemas, type ContractSchema } from './contractSchemas.ts';
import { errorMeanings } from './errorMeanings.ts';

/**
 * The protocol as an OpenRPC 1.3 document (https://spec.open-rpc.org): methods of both directions, told apart by
 * `x-direction`; notifications have no result and `x-notification`; every error by its kind under `components.errors`.
 */
export function buildOpenRpc(): JsonObject {
  const { contracts, shapes } = contractSchemas('#/components/schemas/');
  const results = contracts.flatMap(({ name, result }) => (result === null ? [] : [[`${name}Result`, result] as const]));
  return {
    openrpc: '1.3.2',
    info: {
      title: 'llm-sidecar',
      version: String(protocolVersion),
      description:
        'JSON-RPC 2.0 over stdio. `x-direction` says who may call a method. Members that are not listed are ignored by receivers.',
      license: { name: 'Apache-2.0' },
    },
    methods: contracts.map(toMethod),
    components: {
      schemas: { ...shapes, ...Object.fromEntries(results) },
      errors: Object.fromEntries((Object.keys(errorCodes) as ErrorKind[]).map((kind) => [kind, toError(kind)])),
    },
  };
}

function toMethod(contract: ContractSchema): JsonObject {
  const { method, name, summary, direction, params, result } = contract;
  return {
    name: method,
    summary,
    paramStructure: 'by-name',
    params: toParams(params),
    ...(result === null ? {} : { result: { name: `${name}Result`, schema: { $ref: `#/components/schemas/${name}Result` } } }),
    'x-direction': direction,
    ...(result === null ? { 'x-notification': true } : {}),
  };
}

function toParams(params: JsonObject): Json[] {
  const required = params.required as string[] | undefined;
  return Object.entries((params.properties ?? {}) as JsonObject)
    .map(([name, schema]) => ({ name, required: required?.includes(name) ?? false, schema }))
    .toSorted((left, right) => Number(right.required) - Number(left.required));
}

/** `data` of an error is what a receiver finds in every one of this kind. Its schema: `components.schemas.ErrorData`. */
function toError(kind: ErrorKind): JsonObject {
  return { code: errorCodes[kind], message: errorMeanings[kind], data: { kind } };
}
