import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Model } from '../../catalogue/model.ts';
import type { ProviderSettings } from '../../catalogue/providerSettings.ts';
import type { ModelFinish, Provider, ProviderCall } from '../../engine/ports.ts';
import { Failure } from '../../lib/failure.ts';
import type { Deadlines } from '../../policy/timeouts.ts';
import { createFetch, keyPlaceholder } from '../http/createFetch.ts';
import { downloadAttachments, type DownloadRules } from '../http/downloadAttachments.ts';
import { openExchange, type Exchange, type Exchanges } from '../http/exchange.ts';
import type { Send } from '../http/send.ts';
import { canRead, readAnswer, type Asked } from '../readers/readAnswer.ts';
import { createCollector } from './collector.ts';
import { createEmbed } from './createEmbed.ts';
import type { Connect, Connection, ProviderDefinition } from './definition.ts';
import { toFinish } from './finish.ts';
import { readResult } from './readResult.ts';
import { readStream, type Ending } from './readStream.ts';
import { refuseWithoutKey } from './refuseWithoutKey.ts';
import { createScrub, promptText } from './scrub.ts';
import { toCallOptions } from './toCallOptions.ts';
import { toFailure } from './toFailure.ts';
import { toRefusal, withoutWords } from './toRefusal.ts';
import { toUsage } from './toUsage.ts';

export interface ProviderContext {
  readonly send: Send;
  /** Of calls that bring none. */
  readonly deadlines: Deadlines;
  readonly maxResponseBytes: number;
  readonly downloads: DownloadRules;
}

export interface LoadableProvider extends Provider {
  /** Imports the package, so that the first prompt need not. */
  load(): Promise<void>;
}

/** A provider of the configuration over its package. Makes one attempt per prompt and holds no key between prompts. */
export function createAiSdkProvider(
  definition: ProviderDefinition,
  settings: ProviderSettings,
  context: ProviderContext,
): LoadableProvider {
  const exchanges: Exchanges = new WeakMap();
  const models = new Map<string, LanguageModelV4>();
  const { mendBody, mendLine, mendRequest } = definition;
  const fetch = createFetch({ send: context.send, exchanges, maxResponseBytes: context.maxResponseBytes, mendBody, mendLine, mendRequest });
  let loading: Promise<Connect> | undefined;
  const load = (): Promise<Connect> => (loading ??= definition.load(settings.api));

  const connection = (model: Model, hasKey: boolean): Connection => {
    const own = settings.models.find((configured) => configured.id === model.id);
    const baseUrl = own?.baseUrl ?? settings.baseUrl ?? definition.baseUrl;
    if (baseUrl === undefined) throw noAddress(settings.name);
    return { baseUrl, apiKey: hasKey ? keyPlaceholder : undefined, headers: { ...settings.headers, ...own?.headers }, fetch };
  };

  const languageModel = async (model: Model, hasKey: boolean): Promise<LanguageModelV4> => {
    const id = JSON.stringify([model.id, model.upstreamId, hasKey]);
    const known = models.get(id);
    if (known !== undefined) return known;
    const connect = await load();
    const made = connect(connection(model, hasKey))(model.upstreamId);
    models.set(id, made);
    return made;
  };

  /** What a prompt asks for in the package's own words only the package knows how to read. */
  const readerOf = ({ model, options, schema }: ProviderCall) =>
    options[definition.type] === undefined ? definition.reader?.({ model, schema, api: settings.api }) : undefined;

  const run = async (call: ProviderCall, exchange: Exchange, emit: Parameters<Provider['prompt']>[1]): Promise<ModelFinish> => {
    const model = await languageModel(call.model, call.key !== null);
    const supported = await model.supportedUrls;
    const { send, downloads: rules } = context;
    const messages = await downloadAttachments(call.messages, { supported, send, rules, signal: exchange.signal });
    const options = { ...toCallOptions({ ...call, messages }, definition, settings.api), abortSignal: exchange.signal };
    const collector = createCollector(emit, definition.signature);
    const open = readerOf(call);
    const ending =
      open !== undefined && canRead({ options, exchange })
        ? await readAnswer(open, { model, options, exchange, collector, namespace: definition.namespace(settings.api) })
        : await readByPackage({ model, options, exchange, collector });
    if (exchange.failure !== undefined) throw exchange.failure;
    return toFinish(ending, exchange, { collector, definition });
  };

  return {
    name: settings.name,
    load: async () => void (await load()),
    ...createEmbed(definition, settings, { connection, exchanges, deadlines: context.deadlines }),
    async prompt(call, emit) {
      call.signal.throwIfAborted();
      refuseWithoutKey(call);
      const exchange = openExchange(
        {
          name: settings.name,
          key: call.key,
          signal: call.signal,
          deadlines: call.deadlines ?? context.deadlines,
          stream: call.stream && call.model.features.stream,
          onUsage: (usage) => emit({ type: 'usage', usage: toUsage(usage) }),
        },
        exchanges,
      );
      let ofCaller: { readonly error: unknown } | undefined;
      const guarded: typeof emit = (event) => {
        if (event.type !== 'usage' && event.type !== 'warning') exchange.begun();
        try {
          emit(event);
        } catch (error) {
          ofCaller = { error };
          throw error;
        }
      };
      try {
        return await run(call, exchange, guarded);
      } catch (error) {
        call.signal.throwIfAborted();
        // What the caller's own `emit` threw is not the provider's failure.
        if (ofCaller !== undefined) throw ofCaller.error;
        const secrets = [call.key ?? '', settings.baseUrl ?? '', ...Object.values(settings.headers)];
        const scrub = createScrub(secrets, () => promptText(call.system, call.messages));
        if (exchange.failure !== undefined) throw exchange.failure;
        if (exchange.sent || error instanceof Failure) throw toFailure(error, exchange, scrub);
        throw toRefusal(error, { name: settings.name, type: definition.type, scrub }) ?? withoutWords(error);
      } finally {
        exchange.close();
      }
    },
  };
}

/** As it was asked for; where it comes in the other way, it is read in that. */
async function readByPackage({ model, options, exchange, collector }: Asked): Promise<Ending> {
  const streamed = async () => readStream((await model.doStream(options)).stream, collector);
  const whole = async () => readResult(await model.doGenerate(options), collector);
  const [asked, other] = exchange.stream ? [streamed, whole] : [whole, streamed];
  return asked().catch((error: unknown) => {
    if (exchange.held === undefined) throw error;
    return other();
  });
}

function noAddress(name: string): Failure {
  return new Failure('providerError', `The provider ${name} has no address: set providers.${name}.base_url.`, { retryable: false });
}
