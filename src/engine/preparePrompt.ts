import type { ContentPart, JsonObject, KeySource, Message } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { checkJson } from '../lib/checkJson.ts';
import { Failure } from '../lib/failure.ts';
import { fitsPlainly } from '../lib/fitsPlainly.ts';
import { missingFeature } from '../policy/checkFeatures.ts';
import { deadlinesFor, type Deadlines } from '../policy/timeouts.ts';
import type { PurposeRules, Rules } from '../policy/rules.ts';
import { chooseModel } from './chooseModel.ts';
import type { Engine } from './engine.ts';
import { keyFinder } from './modelFacts.ts';
import type { Hooks, HookScope, Provider, Tool } from './ports.ts';
import type { PromptRequest } from './promptRequest.ts';
import type { NoKey } from './secretsPorts.ts';
import type { Snapshot } from './snapshot.ts';

/** Everything that is decided before a prompt is sent. */
export interface PreparedPrompt {
  readonly model: Model;
  readonly provider: Provider;
  readonly key: { readonly value: string | null; readonly source: KeySource | undefined };
  readonly system: string | undefined;
  /** As asked, without the system prompt: what the next turn starts from. */
  readonly asked: readonly Message[];
  /** The same, with files read. */
  readonly loaded: readonly Message[];
  readonly options: JsonObject;
  /** Of plugins and MCP servers, that the prompt asked for. */
  readonly tools: readonly Tool[];
  readonly deadlines: Deadlines;
  readonly warnings: readonly { code: string; message: string }[];
}

export async function preparePrompt(
  engine: Engine,
  now: { readonly snapshot: Snapshot; readonly hooks: Hooks },
  request: PromptRequest,
  scope: HookScope & { readonly groupModel: string | null },
): Promise<PreparedPrompt> {
  const { snapshot } = now;
  const model = await chooseModel(engine, now, request.model ?? scope.groupModel ?? undefined, scope);
  const provider = snapshot.providers.get(model.provider);
  if (!provider) throw new Failure('modelNotFound', `The provider "${model.provider}" of ${model.id} is no longer configured.`);
  const purpose = scope.purpose === undefined ? undefined : snapshot.rules.purposes.get(scope.purpose);
  const options = optionsInForce(snapshot.rules, model, purpose, request);
  checkOptions(model, options);
  checkSchema(request.schema);
  const { system, asked } = splitSystem(request, purpose?.system);
  const loaded = await engine.loadAttachments(asked, scope.signal);
  const toolNames = [...(purpose?.tools ?? []), ...request.toolNames];
  const tools = toolNames.length === 0 ? [] : await engine.tools.pick(toolNames, scope.signal);
  const missing = missingFeature(model, {
    tools: request.tools.length + tools.length > 0,
    schema: request.schema !== undefined,
    schemaByTool: provider.schemaByTool,
    mediaTypes: mediaTypes(loaded),
  });
  if (missing !== null) throw new Failure('unsupportedFeature', `${missing}.`);
  const { key, warnings } = await findKey(engine, snapshot, model, scope);
  const deadlines = deadlinesFor(snapshot.reliability.timeouts, model, scope.purpose);
  return { model, provider, key, system, asked, loaded, options, tools, deadlines, warnings };
}

/** Of the model, the purpose and the request; the later one wins. */
export function optionsInForce(
  rules: Rules,
  model: Model,
  purpose: PurposeRules | undefined,
  { options }: Pick<PromptRequest, 'options'>,
): JsonObject {
  return { ...rules.modelOptions.get(model.id), ...purpose?.options, ...options };
}

export function checkOptions(model: Model, options: JsonObject): void {
  if (fitsPlainly(model.optionsSchema, options)) return;
  const issues = checkJson(model.optionsSchema, options);
  if (issues.length === 0) return;
  const known = Object.keys((model.optionsSchema['properties'] ?? {}) as object);
  const unknown = issues.flatMap((issue) => issue.unknownKeys ?? []);
  const told = issues.map(({ path, message }) => ({ path: path === '' ? 'options' : `options.${path}`, message }));
  const knows = known.length > 0 ? `${model.id} knows ${known.join(', ')}` : `${model.id} has no options`;
  const message =
    unknown.length > 0
      ? `Unknown option ${unknown.join(', ')}: ${knows}.`
      : `Wrong options: ${told.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`;
  throw new Failure('invalidParams', message, { issues: told, ...(unknown.length > 0 ? { suggestions: known } : {}) });
}

function checkSchema(schema: JsonObject | undefined): void {
  if (schema === undefined) return;
  try {
    checkJson(schema, null);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Failure('invalidParams', `The schema cannot be used: ${error.message}`, {
      issues: [{ path: 'schema', message: error.message }],
    });
  }
}

/** A system prompt that is given wins over one at the head of `messages`, and that over the purpose's. behaviour 5.4. */
export function splitSystem(request: PromptRequest, ofPurpose: string | undefined): { system: string | undefined; asked: Message[] } {
  const [first, ...rest] = request.messages;
  const leads = first?.role === 'system';
  const system = request.system ?? (leads ? textOf(first) : ofPurpose);
  const turns = leads ? rest : [...request.messages];
  if (request.prompt === undefined && request.attachments.length === 0) return { system, asked: turns };
  const text = request.prompt ?? '';
  const content: string | ContentPart[] =
    request.attachments.length === 0 ? text : [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...request.attachments];
  return { system, asked: [...turns, { role: 'user', content }] };
}

function textOf(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
}

function mediaTypes(messages: readonly Message[]): string[] {
  return messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.flatMap((part) => (part.type === 'attachment' ? [String(part.mediaType)] : [])),
  );
}

export async function findKey(engine: Engine, { rules }: Snapshot, model: Model, scope: HookScope) {
  const found = await keyFinder(engine.keys, rules, scope)(model);
  const warnings = found.missed.map((name) => ({
    code: 'namedKeyUnset',
    message: `The secret ${name}, which the configuration names for ${model.id}, is not set; ${found.value === null ? 'no other key was found' : 'another key was used and may be billed to another account'}.`,
  }));
  for (const warning of warnings) engine.log(warning.message);
  if (model.key !== null && found.value === null) throw keyMissing(model, found, rules.strictKeys);
  return { key: { value: found.value, source: 'source' in found ? found.source : undefined }, warnings };
}

function keyMissing(model: Model, { missed, isSettable = false }: NoKey, strict: boolean): Failure {
  const need = model.key;
  const settable = (name: string | undefined): string[] => (isSettable ? [`\`llm-sidecar secrets set ${name}\``] : []);
  const [named] = missed;
  if (strict && named !== undefined) {
    return new Failure(
      'keyMissing',
      `The secret ${named} is not set and strict_keys is on: ${[`set the environment variable DATASETTE_SECRETS_${named}`, ...settable(named).map((command) => `run ${command}`)].join(', or ')}.`,
      { required: { secret: named } },
    );
  }
  const variables = need?.variables ?? [];
  const obtain = need?.obtainUrl === undefined ? '' : ` Obtain one at ${need.obtainUrl}.`;
  const places = [
    `put it in the environment variable ${[...variables, `DATASETTE_SECRETS_${need?.secret}`].join(' or ')}`,
    `as "${need?.name}" in keys.json`,
    ...settable(need?.secret).map((command) => `set it by ${command}`),
  ];
  return new Failure('keyMissing', `There is no key for ${model.id}: ${places.join(', or ')}.${obtain}`, {
    required: { secret: need?.secret ?? '', keysFile: need?.name ?? '', variables: [...variables] },
  });
}
