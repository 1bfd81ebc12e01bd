import type { JsonObject } from '../../protocol/index.ts';

/** The committed OpenRPC document, read at the first call: a start does not pay for it. */
export async function openRpcDocument(): Promise<JsonObject> {
  const document: unknown = (await import('../../docs/openrpc.json', { with: { type: 'json' } })).default;
  return document as JsonObject;
}
