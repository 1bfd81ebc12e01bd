import type { EmbeddingModelV4, EmbeddingModelV4CallOptions, EmbeddingModelV4Result, JSONObject } from '@ai-sdk/provider';
import type { Message, Usage } from '../../../protocol/index.ts';
import type { Model } from '../../catalogue/model.ts';
import type { ProviderSettings } from '../../catalogue/providerSettings.ts';
import type { EmbedCall, EmbedFinish, Provider } from '../../engine/ports.ts';
import { Failure } from '../../lib/failure.ts';
import type { Deadlines } from '../../policy/timeouts.ts';
import { openExchange, type Exchange, type Exchanges } from '../http/exchange.ts';
import type { Connection, ProviderDefinition } from './definition.ts';
import { refuseWithoutKey } from './refuseWithoutKey.ts';
import { createScrub, promptText } from './scrub.ts';
import { toFailure } from './toFailure.ts';
import { toRefusal, withoutWords } from './toRefusal.ts';
import { toUsage } from './toUsage.ts';

interface EmbedContext {
  readonly connection: (model: Model, hasKey: boolean) => Connection;
  readonly exchanges: Exchanges;
  readonly deadlines: Deadlines;
}

/** The embeddings of a provider, if it has any. One request per call. */
export function createEmbed(
  definition: ProviderDefinition,
  settings: ProviderSettings,
  context: EmbedContext,
): Pick<Provider, 'embed' | 'embedLimits'> {
  const { embeddings } = definition;
  if (embeddings === undefined) return {};
  const { inputs, parallel } = embeddings;
  const run = async (call: EmbedCall, exchange: Exchange): Promise<EmbedFinish> => {
    const connect = await embeddings.load();
    const model: EmbeddingModelV4 = connect(context.connection(call.model, call.key !== null))(call.model.upstreamId);
    const answer = await model.doEmbed({ ...toEmbedOptions(call, definition, settings.api), abortSignal: exchange.signal });
    if (exchange.failure !== undefined) throw exchange.failure;
    if (answer.embeddings.length !== call.input.length) throw notAsMany(call, answer, exchange);
    return { embeddings: answer.embeddings, usage: usageOf(exchange, answer) };
  };
  return {
    embedLimits: { inputs, parallel },
    async embed(call) {
      call.signal.throwIfAborted();
      refuseWithoutKey(call);
      const { key, signal } = call;
      const deadlines = call.deadlines ?? context.deadlines;
      const request = { name: settings.name, key, signal, deadlines, stream: false, onUsage: () => {} };
      const exchange = openExchange(request, context.exchanges);
      try {
        return await run(call, exchange);
      } catch (error) {
        signal.throwIfAborted();
        if (exchange.failure !== undefined) throw exchange.failure;
        const secrets = [key ?? '', settings.baseUrl ?? '', ...Object.values(settings.headers)];
        const scrub = createScrub(secrets, () => promptText(undefined, call.input.map(toMessage)));
        if (exchange.sent || error instanceof Failure) throw toFailure(error, exchange, scrub);
        throw toRefusal(error, { name: settings.name, type: definition.type, scrub }) ?? withoutWords(error);
      } finally {
        exchange.close();
      }
    },
  };
}

function toEmbedOptions(
  { input, options }: EmbedCall,
  definition: ProviderDefinition,
  api: string | undefined,
): EmbeddingModelV4CallOptions {
  const dimensions = options['dimensions'];
  const name = definition.embeddings?.ownDimensions;
  const own = {
    ...(name === undefined || dimensions === undefined ? {} : { [name]: dimensions }),
    ...(options[definition.type] as JSONObject | undefined),
  };
  return {
    values: [...input],
    // Checked against the model's schema, which has this type.
    ...(name !== undefined || dimensions === undefined ? {} : { dimensions: dimensions as number }),
    ...(Object.keys(own).length === 0 ? {} : { providerOptions: { [definition.namespace(api)]: own } }),
  };
}

/** By the provider's own object where there is one; nothing is generated. */
function usageOf({ usage: raw }: Exchange, { usage }: EmbeddingModelV4Result): Usage {
  const read = toUsage(raw);
  const counted = usage !== undefined && Number.isFinite(usage.tokens) ? usage.tokens : null;
  return { ...read, inputTokens: read.inputTokens ?? counted, outputTokens: 0 };
}

function toMessage(content: string): Message {
  return { role: 'user', content };
}

function notAsMany({ input }: EmbedCall, { embeddings }: EmbeddingModelV4Result, { name, status }: Exchange): Failure {
  const message = `${name} gave ${embeddings.length} vectors for ${input.length} texts. Try again, or use another model.`;
  return new Failure('providerError', message, { retryable: true, provider: { name, ...(status === undefined ? {} : { status }) } });
}
