import type { ContentPart } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { missingFeature } from '../policy/checkFeatures.ts';
import { boundContent } from './boundContent.ts';
import type { LoadAttachments } from './engine.ts';

/** What a tool answered as the model can take it: files read, what it cannot look at named in words, and no more of it than may be. */
export async function toolContent(
  content: string | readonly ContentPart[],
  { model, load, maxBytes, signal }: ToolContentOptions,
): Promise<ContentPart[]> {
  if (typeof content === 'string') return [...boundContent([{ type: 'text', text: content }], maxBytes)];
  const [loaded = { content: [] }] = await load([{ role: 'tool', content: [...content] }], signal);
  const taken = (loaded.content as ContentPart[]).map((part): ContentPart => {
    if (part.type !== 'attachment') return part;
    const missing = missingFeature(model, { tools: false, schema: false, mediaTypes: [String(part.mediaType)] });
    return missing === null ? part : { type: 'text', text: `[The tool gave an attachment that is left out: ${missing}.]` };
  });
  return [...boundContent(taken, maxBytes)];
}

export interface ToolContentOptions {
  readonly model: Model;
  readonly load: LoadAttachments;
  /** limits.max_tool_result_bytes. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}
