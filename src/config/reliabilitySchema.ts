import * as z from 'zod';

/** The longest that a timer counts. */
const ms = z.int().positive().max(2_147_483_647).optional();

export const timeouts = z.strictObject({
  connect_ms: ms.describe('Until there is a connection to the provider. Default 10000.').meta({ default: 10_000 }),
  first_token_ms: ms
    .describe('Until the answer begins; of an answer that is not streamed, until it is there. Default 600000.')
    .meta({ default: 600_000 }),
  idle_ms: ms.describe('Between two pieces of an answer. Default 300000.').meta({ default: 300_000 }),
  total_ms: ms.describe('A whole prompt, with its retries, fallbacks and tools; `timeoutMs` of a call counts instead. Default: no limit.'),
});

const count = z.int().positive();

/** In a provider. */
export const providerLimits = z.strictObject({
  max_concurrent: count.optional().describe('Requests to it at a time.'),
  requests_per_minute: count.optional().describe('Requests to it in a minute, those that are tried again included.'),
  tokens_per_minute: count
    .optional()
    .describe('Tokens of prompts and answers in a minute: estimated before a request, corrected when it has ended.'),
  max_waiting: z
    .int()
    .nonnegative()
    .optional()
    .describe('Requests that wait for their turn before the next is refused as overloaded. Default 100.')
    .meta({ default: 100 }),
  max_wait_ms: ms.describe('How long one waits before it is refused, in milliseconds. Default 30000.').meta({ default: 30_000 }),
});
export type ProviderLimitValues = z.infer<typeof providerLimits>;

const models = z.array(z.string().min(1));

export const reliabilityKeys = {
  timeouts: timeouts
    .optional()
    .describe('How long a provider may take, in milliseconds. Those of a purpose count before those of a model, a provider and these.'),
  model_timeouts: z
    .record(z.string(), timeouts)
    .optional()
    .describe('How long an answer of a model may take, in milliseconds, by model. It counts before that of its provider.'),
  fallbacks: z
    .record(z.string(), models)
    .optional()
    .describe('Models to ask instead when one has failed, in order, by model. The rules for models hold for each.'),
};

/** In a purpose. */
export const purposeReliabilityKeys = {
  fallbacks: models
    .optional()
    .describe('Models to ask instead when the model has failed, in order; instead of the fallbacks of the model.'),
  timeouts: timeouts.optional().describe('How long prompts with this purpose may take.'),
};

/** In `limits`. */
export const restAfterFailures = z
  .int()
  .nonnegative()
  .optional()
  .describe(
    'After so many prompts in a row that a provider failed, its model is not asked for a while: 10 s at first, then longer. Default 5; 0: never.',
  )
  .meta({ default: 5 });
