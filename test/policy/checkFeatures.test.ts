import { expect, test } from 'vitest';
import type { Model } from '../../src/catalogue/model.ts';
import { missingFeature, type Wanted } from '../../src/policy/checkFeatures.ts';

const model = (features: Partial<Model['features']>): Model => ({
  id: 'm',
  provider: 'test',
  upstreamId: 'm',
  aliases: [],
  key: null,
  features: { stream: true, tools: false, schema: false, reasoning: false, attachments: [], ...features },
  optionsSchema: {},
});

const rows: [statement: string, features: Partial<Model['features']>, wanted: Partial<Wanted>, missing: string | null][] = [
  ['5.6 nothing wanted', {}, {}, null],
  ['5.6 tools', {}, { tools: true }, 'm does not support tools'],
  ['5.6 tools it has', { tools: true }, { tools: true }, null],
  ['a model that embeds', { embed: true }, {}, 'm makes embeddings and answers no prompts: use another model, or llm/embed'],
  ['5.6 a schema', {}, { schema: true }, 'm does not support schemas'],
  ['5.6 a schema by a tool', { tools: true }, { schema: true, schemaByTool: true }, null],
  ['5.6 a schema by a tool without tools', {}, { schema: true, schemaByTool: true }, 'm does not support schemas'],
  ['5.6 a schema beside tools', { tools: true }, { schema: true }, 'm does not support schemas'],
  ['5.6 a media type of none', {}, { mediaTypes: ['image/png'] }, 'm does not take attachments of type image/png; it takes none'],
  [
    '5.6 a media type of others',
    { attachments: ['image/gif', 'image/jpeg'] },
    { mediaTypes: ['image/png'] },
    'm does not take attachments of type image/png; it takes image/gif, image/jpeg',
  ],
  ['5.6 a media type it has', { attachments: ['image/png'] }, { mediaTypes: ['image/png'] }, null],
  ['5.6 a whole kind', { attachments: ['image/*'] }, { mediaTypes: ['image/png', 'image/x-odd'] }, null],
  [
    '5.6 the second of two',
    { attachments: ['image/*'] },
    { mediaTypes: ['image/png', 'audio/wav'] },
    'm does not take attachments of type audio/wav; it takes image/*',
  ],
];

test.each(rows)('%s', (_, features, wanted, missing) => {
  expect(missingFeature(model(features), { tools: false, schema: false, mediaTypes: [], ...wanted })).toBe(missing);
});
