import * as z from 'zod';
import { attachmentKeys, maxToolResultBytes } from './attachmentSchema.ts';
import { looksLikeKey } from './looksLikeKey.ts';
import { priceList, prices, usdPerMillion } from './priceSchema.ts';
import { providerLimits, purposeReliabilityKeys, reliabilityKeys, restAfterFailures, timeouts } from './reliabilitySchema.ts';
import { reservationUsd, storageKeys } from './storageSchema.ts';
import { telemetryKeys } from './telemetrySchema.ts';

export type ConfigSchema = ReturnType<typeof createConfigSchema>;
/** The configuration as it is written, checked. It does not leave this room. */
export type ConfigValues = z.infer<ConfigSchema>;
export type ModelRefValue = z.infer<typeof modelRef>;

/**
 * The YAML file, every key optional, without defaults: those are of `toRules` and `toLimits`. An unknown key is an
 * issue here and a warning for the user (validate.ts).
 */
export function createConfigSchema(providerTypes: readonly string[]) {
  return z.strictObject({
    default_model: modelRef.optional().describe('The model of a prompt that names neither a model nor a purpose with one of its own.'),
    purposes: z
      .record(z.string(), purpose)
      .optional()
      .describe('Reasons to call a model, by name: each may have its own model, list of models, keys and options.'),
    models: z
      .array(plainName)
      .optional()
      .describe(
        'The models that may be used; without this key all may. An empty list allows only default_model and the models of purposes.',
      ),
    blocked_models: blockedModels.describe('Models that are never used, whatever a purpose or a hook says.'),
    require_keys: z.boolean().optional().describe('Leave out the models whose key is not set. Default true.').meta({ default: true }),
    enforce_models: z
      .boolean()
      .optional()
      .describe('Refuse a prompt for a model that is not allowed. false: the lists are advice. Default true.')
      .meta({ default: true }),
    purpose_models: z
      .enum(['override', 'union'])
      .optional()
      .describe('Whether the models of a purpose replace the global ones (override, the default) or are added to them (union).')
      .meta({ default: 'override' }),
    strict_keys: z
      .boolean()
      .optional()
      .describe('A key that is named here and is not set is an error, not a fall-through to the usual key. Default false.')
      .meta({ default: false }),
    test_models: z
      .boolean()
      .optional()
      .describe('Also list the test-* models, which need neither key nor network. Default false.')
      .meta({ default: false }),
    providers: z
      .record(z.string(), provider(providerTypes))
      .optional()
      .describe('Settings of built-in providers, and servers of your own, by name.'),
    mcp_servers: z
      .record(serverName, mcpServer)
      .optional()
      .describe('MCP servers, by name, whose tools prompts may have: a program (command) or an address (url). Started on first use.'),
    plugins: z
      .array(name)
      .optional()
      .describe(
        'Modules with hooks, purposes and tools: paths from this file, such as ./policy.ts, or packages that are installed beside it.',
      ),
    limits: limits.optional().describe('How much the sidecar takes on at a time.'),
    model_options: z
      .record(z.string(), options)
      .optional()
      .describe('Options that every prompt to a model starts from, by model. A prompt can override each.'),
    prices,
    ...attachmentKeys,
    ...storageKeys,
    ...telemetryKeys,
    ...reliabilityKeys,
  });
}

const name = z.string().min(1);
const secretName = name
  .refine((text) => !looksLikeKey(text), {
    error: 'This looks like a key itself. Give the name of a secret, such as OPENAI_API_KEY, and put the key in the environment.',
    params: { code: 'keyNotName' },
  })
  .describe('The name of the secret that holds the key, never the key itself.');

const modelRef = z.union(
  [
    name,
    z.strictObject(
      { model: name.describe('The id or an alias of the model.'), key: secretName.optional() },
      { error: 'a model, or {model, key}' },
    ),
  ],
  { error: 'a model, or {model, key}' },
);

const plainName = z.string({ error: 'the name of a model; a key can be given under default_model or a purpose' }).min(1);
const blockedModels = z.array(plainName).optional();
const options = z.record(z.string(), z.unknown());

const purpose = z.strictObject({
  model: modelRef.optional().describe('The model of a prompt with this purpose that names none.'),
  models: z
    .array(modelRef)
    .optional()
    .describe(
      'The models allowed for this purpose, instead of the global list (see purpose_models). A key is used for this purpose alone.',
    ),
  blocked_models: blockedModels.describe('Models not allowed for this purpose.'),
  description: z.string().optional().describe('What this purpose is, for people.'),
  options: options.optional().describe('Options that prompts with this purpose start from.'),
  system: z.string().optional().describe('The system prompt of prompts with this purpose that bring none.'),
  reservation_usd: reservationUsd,
  ...purposeReliabilityKeys,
  tools: z
    .array(z.string())
    .optional()
    .describe('Tools of plugins and MCP servers that its prompts have: `name`, `server/name`, `server/*`.'),
});

const providerModel = z.strictObject({
  id: name.describe('What prompts call it.'),
  upstream_id: name.optional().describe('What the server calls it; default: id.'),
  name: z.string().optional().describe('For people.'),
  aliases: z.array(name).optional().describe('Other names for it.'),
  features: z
    .strictObject({
      stream: z.boolean().optional().describe('It can stream.'),
      tools: z.boolean().optional().describe('It can call tools.'),
      schema: z.boolean().optional().describe('Structured output by JSON Schema.'),
      reasoning: z.boolean().optional().describe('It can show that it reasons.'),
      embed: z.boolean().optional().describe('It turns texts into vectors (llm/embed) and answers no prompts.'),
      attachments: z
        .array(z.string().regex(/^[\w.+-]+\/(\*|[\w.+-]+)$/, { error: 'Expected a media type such as image/png or image/*.' }))
        .optional()
        .describe('The media types it takes: image/png, image/*.'),
    })
    .optional()
    .describe('What the model can do, where the usual answer for this type of provider is wrong.'),
  context_window: z.int().positive().optional().describe('Tokens.'),
  max_output_tokens: z.int().positive().optional().describe('Tokens.'),
  price: z
    .strictObject({
      input: usdPerMillion.describe('For tokens of the prompt.'),
      output: usdPerMillion.describe('For tokens of the answer.'),
      cache_read: usdPerMillion.optional().describe('Tokens read from the cache of the provider; default: input.'),
      cache_write: usdPerMillion.optional().describe('Tokens written to it; default: input.'),
    })
    .optional()
    .describe('USD for a million tokens. Without it a model that the price list does not know has no price, and is never counted as free.'),
});

/** It begins the names of its tools, which providers allow 64 letters, digits, `_` and `-`. */
const serverName = z.string().regex(/^[a-zA-Z0-9_-]{1,32}$/, { error: 'Expected a name of at most 32 letters, digits, _ and -.' });
const word = z.union([z.string(), z.number(), z.boolean()], { error: 'text' });

const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'Expected the name of an HTTP header.' });
const headerValue = z.union([z.string().regex(/^[^\u0000\r\n]*$/, { error: 'Expected a header on one line.' }), z.number()], {
  error: 'text',
});

const mcpServer = z.strictObject({
  command: name.optional().describe('The program to start: npx, or a path.'),
  args: z.array(word).optional().describe('Its arguments.'),
  env: z
    .record(z.string().regex(/^[^=\u0000]+$/, { error: 'Expected the name of an environment variable.' }), word)
    .optional()
    .describe('Its environment, beside PATH, HOME and the like. It gets none of the keys of this sidecar.'),
  cwd: name.optional().describe('The folder it is started in; default: that of the sidecar.'),
  url: z
    .url({ protocol: /^https?$/, error: 'Expected an address that begins with http:// or https://.' })
    .optional()
    .describe('Where it is, if it is not to be started: https://example.com/mcp (Streamable HTTP).'),
  headers: z.record(headerName, headerValue).optional().describe('Sent with every request to url.'),
});

function provider(types: readonly string[]) {
  return z.strictObject({
    type: z.enum(types).optional().describe('The wire that it speaks; default: its name, where that is a built-in provider.'),
    base_url: z
      .url({ protocol: /^https?$/, error: 'Expected an address that begins with http:// or https://.' })
      .optional()
      .describe('Where it is: http://localhost:11434/v1. Needed for openai-compatible.'),
    api: z.enum(['responses', 'chat']).optional().describe('Which of its interfaces, for providers that have both.'),
    key: secretName.optional(),
    headers: z.record(headerName, headerValue).optional().describe('Sent with every request.'),
    price_list: priceList,
    timeouts: timeouts.optional().describe('How long it may take.'),
    limits: providerLimits.optional().describe('How much it is sent at most. Default: as much as there is.'),
    discover: z.boolean().optional().describe('Ask the server which models it has. Default: true for servers of your own.'),
    models: z
      .array(z.union([name, providerModel], { error: 'the id of a model, or {id, …}' }))
      .optional()
      .describe('Models of this provider beside the built-in and discovered ones.'),
  });
}

const limits = z.strictObject({
  max_concurrent_prompts: z.int().positive().optional().describe('Prompts running at a time. Default 1000.').meta({ default: 1000 }),
  max_response_bytes: z
    .int()
    .positive()
    .optional()
    .describe('The largest response in bytes. Default 67108864 (64 MiB).')
    .meta({ default: 67_108_864 }),
  retries: z
    .int()
    .nonnegative()
    .optional()
    .describe('Attempts after the first, where a failure may pass and nothing of the answer has arrived. Default 2.')
    .meta({ default: 2 }),
  rest_after_failures: restAfterFailures,
  tool_timeout_ms: z
    .int()
    .positive()
    .optional()
    .describe('How long a tool may take to answer, in milliseconds. Then the model is told that it did not. Default 120000.')
    .meta({ default: 120_000 }),
  max_tool_result_bytes: maxToolResultBytes,
});
