import type { PromptsState } from '../shapes.ts';
import { Badge, type Tone } from './parts.tsx';

export type Entry = PromptsState['responses'][number];

/** What people call them. */
export const outcomes: Readonly<Record<string, readonly [string, Tone]>> = {
  ok: ['ok', 'ok'],
  error: ['failed', 'bad'],
  cancelled: ['cancelled', 'plain'],
  lost: ['lost', 'warn'],
  running: ['running', 'plain'],
};

export function Outcome({ entry: { outcome, errorKind } }: { readonly entry: Pick<Entry, 'outcome' | 'errorKind'> }) {
  const [text, tone] = outcomes[outcome] ?? [outcome, 'plain'];
  return (
    <Badge tone={tone}>
      {text}
      {errorKind && `: ${errorKind}`}
    </Badge>
  );
}
