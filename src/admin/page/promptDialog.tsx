import type { PromptState } from '../shapes.ts';
import { count, moment, seconds } from './format.ts';
import { Outcome } from './outcome.tsx';
import { Dialog, Money } from './parts.tsx';
import { Read } from './read.tsx';
import { useData } from './useData.ts';

/** One response, with what was asked and answered where that is kept. */
export function PromptDialog({ id, onClose }: { readonly id: string; onClose(): void }) {
  const read = useData<PromptState>('api/prompt', { id });
  return (
    <Dialog title="One response" wide onClose={onClose}>
      <Read {...read}>{(entry) => <Shown entry={entry} />}</Read>
    </Dialog>
  );
}

function Shown({ entry }: { readonly entry: PromptState }) {
  const { model, provider, purpose, actor, startedAt, firstDeltaMs, durationMs, usage, cost, keySource, promptId, groupId, stopReason } =
    entry;
  const facts: [string, preact.ComponentChildren][] = [
    ['Began', moment(startedAt)],
    ['Model', `${model} (${provider})`],
    ['Purpose', purpose],
    ['Actor', actor],
    ['Outcome', <Outcome key="outcome" entry={entry} />],
    ['Stopped', stopReason],
    ['Tokens', `${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`],
    ['Cost', <Money key="cost" usd={cost.usd} isEstimated={cost.source === 'estimated'} />],
    ['Took', `${seconds(durationMs)}${firstDeltaMs === undefined ? '' : `, first words after ${seconds(firstDeltaMs)}`}`],
    ['Key', keySource],
    ['Prompt', <code key="prompt">{promptId}</code>],
    ['Group', groupId],
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(([title, value]) =>
          value === undefined ? null : (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {entry.messages === undefined && entry.answer === undefined ? (
        <p class="muted">
          What was asked and answered is not kept. With <code>history: {'{content: true}'}</code> in the configuration it is.
        </p>
      ) : (
        <>
          {entry.system && <Said who="System">{entry.system}</Said>}
          {(entry.messages ?? []).map((message, index) => (
            <Said key={index} who={message.role}>
              {textOf(message.content)}
            </Said>
          ))}
          {entry.answer && <Said who="Answer">{textOf(entry.answer)}</Said>}
        </>
      )}
    </>
  );
}

function Said({ who, children }: { readonly who: string; readonly children: string }) {
  return (
    <section class="said">
      <h3>{who}</h3>
      <pre>{children}</pre>
    </section>
  );
}

/** Text as it is, everything else as JSON. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return JSON.stringify(content, null, 2);
  return content
    .map((part: { type?: string; text?: string }) =>
      part.type === 'text' && typeof part.text === 'string' ? part.text : JSON.stringify(part, null, 2),
    )
    .join('\n');
}
