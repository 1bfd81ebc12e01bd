import * as z from 'zod';
import { isTimeZone } from '../policy/window.ts';

const name = z.string().min(1);

/** Nanocents are the finest that is counted: eleven decimals of a dollar. The largest that a database counts is 92 million dollars. */
const usd = z.union(
  [
    z.number().nonnegative().max(50_000_000),
    z.string().regex(/^\d{1,7}(\.\d{1,11})?$/, { error: 'Expected an amount of dollars such as 2.50.' }),
  ],
  { error: 'an amount of dollars such as 2.50' },
);

const timeZone = z
  .string()
  .refine(isTimeZone, { error: 'There is no such time zone. Expected an IANA name such as Europe/Berlin or UTC.' });

const oneOrMore = z.union([name, z.array(name).min(1)], { error: 'a name or a list of names' });
const dimension = z.enum(['purpose', 'actor', 'model']);

const budget = z.strictObject({
  name: name.describe('What errors and reports call it.'),
  limit_usd: usd.describe('How much may be spent in one period. USD.'),
  per: z.enum(['hour', 'day', 'month', 'total']).describe('The period after which it begins anew; total: never.'),
  match: z
    .strictObject({
      purpose: oneOrMore.optional().describe('The purpose of the call.'),
      actor: oneOrMore.optional().describe('The id of the actor.'),
      model: oneOrMore.optional().describe('The model that answers.'),
    })
    .optional()
    .describe('Which calls it counts; default: all. Every member that is given has to fit.'),
  each: z
    .union([dimension, z.array(dimension).min(1)], { error: 'purpose, actor or model, or a list of them' })
    .optional()
    .describe('Gives every purpose, actor or model the limit for itself: `each: actor` is so much for everybody.'),
  time_zone: timeZone.optional().describe('Whose days and months; default: that of the top level.'),
});

const encryptionKey = z.strictObject({
  name: name.describe('Stands beside each secret that was encrypted with it. Datasette calls its own `default`.'),
  key: name.optional().describe('The key, by {$env: NAME}. Made by `llm-sidecar secrets generate-key`.'),
  file: name.optional().describe('A file that holds the key and that only this user may read, relative to this file.'),
  host: z.literal(true).optional().describe('The host is asked for the key, as for a secret of this name.'),
});

/** The keys about what is kept and what may be spent. */
export const storageKeys = {
  storage: name
    .optional()
    .describe(
      'Where usage, budgets, secrets and conversations are kept: the path of a SQLite file, relative to this file, or postgres://… Default: a file in the data folder of the user, once one of the keys that need it is given.',
    ),
  history: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          content: z
            .boolean()
            .optional()
            .describe('Also keep prompts and answers themselves, and make them searchable. Default false.')
            .meta({ default: false }),
          retention_days: z.int().positive().optional().describe('Remove what is older. Default: kept for ever.'),
        }),
      ],
      { error: 'true, false, or {content, retention_days}' },
    )
    .optional()
    .describe(
      'Keep a row about every response: model, purpose, actor, tokens, cost, time, outcome. Default: true with `storage` or `budgets`, else false; with budgets always.',
    ),
  conversations: z
    .enum(['memory', 'storage'])
    .optional()
    .describe('Where conversations are kept; in memory they end with the process. Default: storage, where there is one.'),
  time_zone: timeZone
    .optional()
    .describe('Whose days and months budgets and reports count by: an IANA name such as Europe/Berlin. Default UTC.')
    .meta({ default: 'UTC' }),
  budgets: z.array(budget).optional().describe('How much may be spent. A call needs room in all that count it, before it is sent.'),
  unpriced: z
    .enum(['allow', 'deny', 'estimate'])
    .optional()
    .describe(
      'A call that a budget counts and that has no known price: deny (default) refuses it, allow counts it as nothing, estimate charges auto_reservation_usd.',
    )
    .meta({ default: 'deny' }),
  default_reservation_usd: usd
    .optional()
    .describe('What a group holds of its budgets when it opens, unless it says so itself. USD, default 0.50.')
    .meta({ default: 0.5 }),
  auto_reservation_usd: usd
    .optional()
    .describe('What a single prompt holds of its budgets while it runs. USD; default: the most that it can cost.'),
  reservations: z
    .record(z.string(), usd)
    .optional()
    .describe('What a prompt to a model holds of its budgets while it runs, by model; default: the most that it can cost. USD.'),
  secrets: z
    .strictObject({
      database: name
        .optional()
        .describe(
          'Where the encrypted secrets are, if not in `storage`: the path of a SQLite file, such as one of Datasette, or postgres://…',
        ),
      encryption_keys: z
        .array(encryptionKey)
        .optional()
        .describe('Keys of the store of secrets: the first encrypts, all decrypt. Without one the store is off.'),
      register: z
        .array(
          z.strictObject({
            name: name.describe('As it is asked for: OPENAI_API_KEY.'),
            description: z.string().optional().describe('For people.'),
            obtain_url: z
              .url({ protocol: /^https?$/ })
              .optional()
              .describe('Where to obtain one.'),
          }),
        )
        .optional()
        .describe('Secrets to list beside those of providers and those that this file names.'),
    })
    .optional()
    .describe('The encrypted store of secrets.'),
};

/** In a purpose. */
export const reservationUsd = usd.optional().describe('What a prompt or a group of this purpose holds of its budgets while it runs. USD.');
