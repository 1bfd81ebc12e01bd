import type { ContentPart } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { missingFeature } from '../policy/checkFeatures.ts';
import type { LoadAttachments } from './engine.ts';

/** What a tool answered as the model can take it: files read, and what it cannot look at named in words. */
export async function toolContent(
  content: string | readonly ContentPart[],
  { model, load, signal }: { readonly model: Model; readonly load: LoadAttachments; readonly signal: AbortSignal },
): Promise<ContentPart[]> {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const [loaded = { content: [] }] = await load([{ role: 'tool', content: [...content] }], signal);
  return (loaded.content as ContentPart[]).map((part) => {
    if (part.type !== 'attachment') return part;
    const missing = missingFeature(model, { tools: false, schema: false, mediaTypes: [String(part.mediaType)] });
    return missing === null ? part : { type: 'text', text: `[The tool gave an attachment that is left out: ${missing}.]` };
  });
}
