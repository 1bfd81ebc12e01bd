import * as z from 'zod';
import { jsonObject, marker, open } from './json.ts';
import { usd } from './usage.ts';

export type KeySource = z.infer<typeof keySource>;
export const keySource = open('purpose', 'default', 'secret', 'keysFile', 'environment', 'host');

export type ModelInfo = z.infer<typeof modelInfo>;
export const modelInfo = z
  .object({
    id: z.string().describe('The canonical id: what every other message calls this model.'),
    provider: z.string(),
    name: z.string().optional().describe('For people.'),
    aliases: z.array(z.string()),
    isDefault: z.boolean().describe('The model that a prompt with this purpose and no model id would use.'),
    available: z.boolean(),
    unavailableReason: open('noKey', 'notAllowed', 'filtered').optional(),
    needsKey: z.string().nullable().describe('The name of the key in keys.json; null: needs none.'),
    keySource: keySource.optional().describe('Where the key was found.'),
    features: z.object({
      stream: marker.optional(),
      tools: marker.optional(),
      schema: marker.optional(),
      reasoning: marker.optional(),
      embed: marker.optional(),
      attachments: z.array(z.string()).optional().describe('Media types it takes.'),
    }),
    contextWindow: z.number().int().optional().describe('Tokens.'),
    maxOutputTokens: z.number().int().optional().describe('Tokens.'),
    price: z
      .object({
        inputUsdPerMillion: usd,
        outputUsdPerMillion: usd,
        cacheReadUsdPerMillion: usd.optional(),
        cacheWriteUsdPerMillion: usd.optional(),
      })
      .optional(),
    optionsSchema: jsonObject.optional().describe('JSON Schema of `options` for this model.'),
  })
  .meta({ id: 'ModelInfo' });
