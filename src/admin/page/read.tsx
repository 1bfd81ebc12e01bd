import type { ComponentChildren } from 'preact';
import { ApiFailure } from './client.ts';
import { Empty, Failed } from './parts.tsx';
import type { Data } from './useData.ts';

/** What was read, or that it is being read, or why not. */
export function Read<T>({ data, error, isReading, reload, children }: Data<T> & { children(data: T): ComponentChildren }) {
  if (error instanceof ApiFailure && error.message.startsWith('No usage is kept'))
    return (
      <Empty title="No usage is kept.">
        <p>Add this to the configuration, and every answer from then on is counted:</p>
        <pre>history: true</pre>
      </Empty>
    );
  if (error) return <Failed error={error} retry={reload} />;
  if (data === undefined) return <p class="muted">{isReading ? 'Reading…' : ''}</p>;
  return <div aria-busy={isReading}>{children(data)}</div>;
}
