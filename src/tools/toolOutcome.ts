import type { ContentPart } from '../../protocol/index.ts';
import type { ToolOutcome } from '../engine/ports.ts';

/** The members of an MCP content block that are read here. Blocks of a kind that nobody knows are named, not dropped. */
export interface McpBlock {
  readonly type: string;
  readonly text?: string | undefined;
  readonly data?: string | undefined;
  readonly mimeType?: string | undefined;
  readonly uri?: string | undefined;
  readonly name?: string | undefined;
  readonly resource?:
    | {
        readonly uri: string;
        readonly mimeType?: string | undefined;
        readonly text?: string | undefined;
        readonly blob?: string | undefined;
      }
    | undefined;
}

export interface McpResult {
  readonly content?: readonly McpBlock[] | undefined;
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

/** What an MCP server answered, as the answer of a tool. Structured content counts where there is no other. */
export function toToolOutcome({ content = [], structuredContent, isError }: McpResult): ToolOutcome {
  const parts = content.map(toPart);
  if (parts.length === 0 && structuredContent !== undefined) parts.push({ type: 'text', text: JSON.stringify(structuredContent) });
  return { content: parts, ...(isError === true ? { isError } : {}) };
}

function toPart(block: McpBlock): ContentPart {
  const { type, text, data, mimeType, uri, name, resource } = block;
  if (type === 'text') return { type: 'text', text: text ?? '' };
  if ((type === 'image' || type === 'audio') && data !== undefined) return attachment(data, mimeType);
  if (type === 'resource_link') return { type: 'text', text: `${name ?? 'resource'}: ${uri ?? ''}` };
  if (type === 'resource' && resource?.text !== undefined) return { type: 'text', text: resource.text };
  if (type === 'resource' && resource?.blob !== undefined) return attachment(resource.blob, resource.mimeType);
  return { type: 'text', text: `[content of the type ${type}, which cannot be shown]` };
}

function attachment(data: string, mediaType: string | undefined): ContentPart {
  return { type: 'attachment', mediaType: mediaType ?? 'application/octet-stream', data };
}
