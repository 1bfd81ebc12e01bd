import * as z from 'zod';
import type { ConfiguredModel, ProviderSettings } from '../catalogue/providerSettings.ts';
import { warningAt, type Finding } from './finding.ts';
import { describeIssue, flattenIssues } from './issues.ts';

const text = z.union([z.string().min(1), z.number()], { error: 'text' });

/** The keys that `llm` reads, https://llm.datasette.io/en/stable/other-models.html; it ignores others, and so do we. */
const extraModel = z.object({
  model_id: text,
  model_name: text.nullish(),
  aliases: z.array(text).nullish(),
  api_base: z.url({ protocol: /^https?$/, error: 'Expected an address that begins with http:// or https://.' }).nullish(),
  api_key_name: text.nullish(),
  api_type: z.string().nullish(),
  headers: z.record(z.string(), text).nullish(),
  completion: z.boolean().nullish(),
  responses: z.boolean().nullish(),
  can_stream: z.boolean().nullish(),
  supports_schema: z.boolean().nullish(),
  supports_tools: z.boolean().nullish(),
  reasoning: z.boolean().nullish(),
  vision: z.boolean().nullish(),
  audio: z.boolean().nullish(),
});
type ExtraModel = z.infer<typeof extraModel>;

/** One provider for each server, set of headers and wire, in the order of the file. A bad entry is left out. */
export function readExtraModels(entries: unknown): { providers: ProviderSettings[]; problems: Finding[] } {
  if (!Array.isArray(entries))
    return { providers: [], problems: [warningAt('wrongType', [], 'Expected a list of models; the file is ignored.')] };
  const problems: Finding[] = [];
  const groups = new Map<string, { first: ExtraModel; models: ConfiguredModel[] }>();
  for (const [index, entry] of (entries as unknown[]).entries()) {
    const parsed = extraModel.safeParse(entry);
    if (!parsed.success) {
      for (const issue of flattenIssues(parsed.error.issues)) {
        const found = describeIssue({ ...issue, path: [index, ...issue.path] }, valueAt(entry, issue.path));
        problems.push({ ...found, severity: 'warning', message: `${found.message} This model is left out.` });
      }
      continue;
    }
    const unsupported = reasonToLeaveOut(parsed.data);
    if (unsupported) {
      problems.push(
        warningAt('unsupported', [index, unsupported], `Models with ${unsupported} are not supported. This model is left out.`),
      );
      continue;
    }
    const { api_base: base, headers, responses } = parsed.data;
    const key = JSON.stringify([base, headers, responses]);
    const group = groups.get(key) ?? { first: parsed.data, models: [] };
    group.models.push(toModel(parsed.data));
    groups.set(key, group);
  }
  const names = new Set<string>();
  return { providers: [...groups.values()].map(({ first, models }) => toProvider(first, models, names)), problems };
}

function toProvider(first: ExtraModel, models: ConfiguredModel[], names: Set<string>): ProviderSettings {
  const { api_base: base, headers, responses } = first;
  const api = responses ? 'responses' : 'chat';
  return {
    name: freeName(base ? new URL(base).host : 'extra-openai', names),
    type: base && !responses ? 'openai-compatible' : 'openai',
    baseUrl: base ?? undefined,
    api: base && !responses ? undefined : api,
    key: undefined,
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])),
    discover: false,
    models,
  };
}

function toModel(entry: ExtraModel): ConfiguredModel {
  const attachments = [...(entry.vision ? imageTypes : []), ...(entry.audio ? audioTypes : [])];
  return {
    id: String(entry.model_id),
    upstreamId: entry.model_name ? String(entry.model_name) : undefined,
    name: undefined,
    aliases: (entry.aliases ?? []).map(String),
    features: {
      stream: entry.can_stream !== false,
      tools: entry.supports_tools === true,
      schema: entry.supports_schema === true,
      reasoning: entry.reasoning === true,
      attachments,
    },
    contextWindow: undefined,
    maxOutputTokens: undefined,
    price: undefined,
    optionsSchema: undefined,
    baseUrl: undefined,
    headers: undefined,
    keyName: entry.api_key_name ? String(entry.api_key_name) : entry.api_base ? null : undefined,
  };
}

const imageTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
const audioTypes = ['audio/wav', 'audio/mpeg'];

function reasonToLeaveOut(entry: ExtraModel): 'completion' | 'api_type' | null {
  if (entry.completion) return 'completion';
  return entry.api_type && entry.api_type !== 'open_ai' && entry.api_type !== 'openai' ? 'api_type' : null;
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`;
  taken.add(name);
  return name;
}

function valueAt(entry: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[part] : undefined),
    entry,
  );
}
