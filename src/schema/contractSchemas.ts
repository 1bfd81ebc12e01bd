import * as z from 'zod';
import type { NotificationContract, RequestContract } from '../../protocol/define.ts';
import { clientNotifications, clientRequests, serverNotifications, serverRequests } from '../../protocol/messages.ts';
import type { Json, JsonObject } from '../../protocol/index.ts';
import { wireError } from '../../protocol/errors.ts';

export type Direction = 'clientToServer' | 'serverToClient' | 'both';

export interface ContractSchema {
  readonly method: string;
  /** The method in one word, as a prefix of its schemas: `llm/groupOpen` → `LlmGroupOpen`. */
  readonly name: string;
  readonly summary: string;
  readonly direction: Direction;
  readonly params: JsonObject;
  /** null: a notification. */
  readonly result: JsonObject | null;
}

/**
 * JSON Schemas (draft 2020-12) of every message of the registry, and of the shapes they share (`refs` by their ids).
 * `refPrefix` is where the shapes will stand in the document: `#/$defs/`, `#/components/schemas/`.
 */
export function contractSchemas(refPrefix: string): { contracts: ContractSchema[]; shapes: JsonObject } {
  const directed = byDirection();
  const members = directed.flatMap(({ contract, name }) => [
    [`${name}Params`, contract.params] as const,
    ...('result' in contract ? [[`${name}Result`, contract.result] as const] : []),
  ]);
  // One object around all, so that a shape used by two messages becomes one definition. `io: 'input'`: what the output
  // form says of objects (no further members) would forbid what receivers must ignore.
  const all = z.toJSONSchema(z.object({ ...Object.fromEntries(members), Error: wireError }), { io: 'input', override: quieten });
  const shapes = moveRefs(all.$defs as Json, refPrefix) as JsonObject;
  const properties = moveRefs(all.properties as Json, refPrefix) as Record<string, JsonObject>;
  const contracts = directed.map(({ contract, name, direction }) => ({
    method: contract.method,
    name,
    summary: contract.summary,
    direction,
    params: properties[`${name}Params`] ?? {},
    result: 'result' in contract ? (properties[`${name}Result`] ?? {}) : null,
  }));
  return { contracts, shapes };
}

/** A method that goes both ways has one contract and is listed once. */
function byDirection() {
  const fromClient = new Set<RequestContract | NotificationContract>([
    ...Object.values(clientRequests),
    ...Object.values(clientNotifications),
  ]);
  const fromServer = new Set<RequestContract | NotificationContract>([
    ...Object.values(serverRequests),
    ...Object.values(serverNotifications),
  ]);
  return [...new Set([...fromClient, ...fromServer])].map((contract) => ({
    contract,
    name: nameOf(contract.method),
    direction: directionOf(fromClient.has(contract), fromServer.has(contract)),
  }));
}

function directionOf(fromClient: boolean, fromServer: boolean): Direction {
  if (fromClient && fromServer) return 'both';
  return fromClient ? 'clientToServer' : 'serverToClient';
}

function nameOf(method: string): string {
  return method
    .split(/[^A-Za-z]+/)
    .filter((word) => word !== '')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('');
}

/** Leaves out what says nothing in JSON: that names are strings, that integers are below 2^53. */
function quieten({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  delete jsonSchema.propertyNames;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function moveRefs(value: Json, refPrefix: string): Json {
  if (Array.isArray(value)) return value.map((item) => moveRefs(item, refPrefix));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? item.replace('#/$defs/', refPrefix) : moveRefs(item, refPrefix),
    ]),
  );
}
