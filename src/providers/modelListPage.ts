import type { DiscoveredModel } from '../catalogue/builtInModel.ts';
import type { ModelFeatures } from '../catalogue/model.ts';

export interface ModelPage {
  readonly models: readonly DiscoveredModel[];
  /** What the next page is asked for with. */
  readonly next: string | undefined;
}

/**
 * Reads the lists of OpenAI, Anthropic, Google, Mistral, Groq, Cohere, OpenRouter, vLLM, llama.cpp, LM Studio, Together
 * and Ollama, whatever of them is there; undefined: it is no list. Models that make no text are left out.
 */
export function readModelPage(answer: unknown): ModelPage | undefined {
  const page = recordOf(answer);
  const list = [answer, page.data, page.models].find((candidate) => Array.isArray(candidate)) as unknown[] | undefined;
  if (list === undefined) return undefined;
  const next = text(page.nextPageToken) ?? text(page.next_page_token) ?? (page.has_more === true ? text(page.last_id) : undefined);
  return { models: list.flatMap(readModel), next };
}

function readModel(item: unknown): DiscoveredModel[] {
  const model = recordOf(item);
  const id = (text(model.id) ?? text(model.name))?.replace(/^models\//, '');
  if (id === undefined || id.length > 256 || !answersInText(id, model)) return [];
  const meta = recordOf(model.meta);
  const top = recordOf(model.top_provider);
  // Elsewhere max_tokens is the context window.
  const anthropicMost = model.max_input_tokens === undefined ? undefined : model.max_tokens;
  return [
    {
      id,
      name: nameOf(model, id),
      aliases: id.endsWith(':latest') ? [id.slice(0, -':latest'.length)] : undefined,
      contextWindow: firstCount(
        model.context_window,
        model.context_length,
        model.max_context_length,
        model.max_model_len,
        model.max_input_tokens,
        model.inputTokenLimit,
        meta.n_ctx_train,
      ),
      maxOutputTokens: firstCount(model.max_completion_tokens, top.max_completion_tokens, anthropicMost, model.outputTokenLimit),
      features: readFeatures(model),
    },
  ];
}

/** A name for people, where the list has one beside the id. */
function nameOf(model: Record<string, unknown>, id: string): string | undefined {
  const name = text(model.display_name) ?? text(model.displayName) ?? text(model.name);
  return name === undefined || name === id || name === `models/${id}` ? undefined : name;
}

const otherKinds =
  /embed|minilm|\bbge\b|\bgte\b|\be5\b|rerank|whisper|transcri|\btts\b|speech|realtime|\blive\b|audio|moderation|\bdall-e|\bimage|imagine?\b|\bsora|\bveo\b|\blyria|nano-banana|stable-diffusion|\bflux\b|\bocr\b|\baqa\b|davinci|babbage/i;

/** By what the list says of the model, else by its name. */
function answersInText(id: string, model: Record<string, unknown>): boolean {
  if (model.active === false || model.archived === true) return false;
  const methods = strings(model.supportedGenerationMethods) ?? strings(model.endpoints);
  if (methods && !methods.some((method) => method === 'generateContent' || method === 'chat')) return false;
  if (recordOf(model.capabilities).completion_chat === false) return false;
  if (typeof model.type === 'string' && /embed|rerank|image|audio|transcribe|moderation|video/i.test(model.type)) return false;
  const outputs = strings(recordOf(model.architecture).output_modalities);
  return outputs ? outputs.includes('text') : !otherKinds.test(id);
}

/** Only what the list says, either way; undefined: nothing. */
function readFeatures(model: Record<string, unknown>): Partial<ModelFeatures> | undefined {
  const can = recordOf(model.capabilities);
  const parameters = strings(model.supported_parameters);
  const inputs = strings(recordOf(model.architecture).input_modalities);
  const said: Record<keyof ModelFeatures, unknown> = {
    stream: undefined,
    embed: undefined,
    tools: parameters?.includes('tools') ?? truth(can.function_calling),
    schema: parameters?.includes('structured_outputs') ?? truth(can.structured_outputs),
    reasoning: parameters?.includes('reasoning') ?? truth(can.thinking) ?? truth(can.reasoning) ?? truth(model.thinking),
    attachments: inputs ? mediaTypes(inputs) : readAttachments(can),
  };
  const known = Object.entries(said).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : (Object.fromEntries(known) as Partial<ModelFeatures>);
}

function mediaTypes(inputs: readonly string[]): string[] {
  const types: Readonly<Record<string, string>> = { image: 'image/*', file: 'application/pdf', audio: 'audio/*', video: 'video/*' };
  return inputs.flatMap((input) => types[input] ?? []);
}

function readAttachments(can: Record<string, unknown>): string[] | undefined {
  const images = truth(can.image_input) ?? truth(can.vision);
  const pdf = truth(can.pdf_input);
  if (images === undefined && pdf === undefined) return undefined;
  return [...(images === true ? ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] : []), ...(pdf === true ? ['application/pdf'] : [])];
}

/** `true`, or Anthropic's `{"supported": true}`. */
function truth(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const { supported } = recordOf(value);
  return typeof supported === 'boolean' ? supported : undefined;
}

function firstCount(...values: unknown[]): number | undefined {
  return values.find((value): value is number => Number.isSafeInteger(value) && (value as number) > 0);
}

function strings(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
