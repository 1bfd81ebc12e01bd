import { createHash } from 'node:crypto';
import type { JsonObject } from '../../protocol/index.ts';
import { configReference } from './configReference.ts';
import { buildJsonSchema } from './jsonSchema.ts';
import { buildOpenRpc } from './openRpc.ts';

/** Path from the root of the project → content, of every file that is generated from `protocol/` and from the schema of the configuration. */
export function generatedFiles(configSchema: JsonObject): Map<string, string> {
  const openRpc = buildOpenRpc();
  return new Map([
    ['docs/openrpc.json', `${JSON.stringify(openRpc, null, 2)}\n`],
    ['docs/protocol.schema.json', `${JSON.stringify(buildJsonSchema(), null, 2)}\n`],
    ['docs/config.schema.json', `${JSON.stringify(configSchema, null, 2)}\n`],
    ['docs/config-reference.md', configReference(configSchema)],
    ['src/schema/schemaSha256.ts', sha256File(sha256Of(openRpc))],
  ]);
}

function sha256Of(document: object): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex');
}

function sha256File(sha256: string): string {
  return [
    '// Written by `npm run generate`.',
    '',
    '/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */',
    `export const schemaSha256 = '${sha256}';`,
    '',
  ].join('\n');
}
