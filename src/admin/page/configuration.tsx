import type { ConfigState } from '../shapes.ts';
import { plural } from './format.ts';
import type { ViewProps } from './page.tsx';
import { Badge, Empty, Notice } from './parts.tsx';

export function ConfigurationView({ live: { config } }: ViewProps) {
  if (config === undefined) return <p class="muted">Reading…</p>;
  const { path, newPath, diagnostics, written, hash, version } = config;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return (
    <>
      <p class="lead">What is written in the file holds at once. This page follows it.</p>
      {path === null ? (
        <Empty title="There is no configuration file, so every model whose key is set may be used.">
          <p>
            The first change under Models makes <code class="path">{newPath}</code>, or write it yourself.
          </p>
        </Empty>
      ) : (
        <p class="place">
          <code class="path">{path}</code>
        </p>
      )}
      {hash === null && (
        <Notice tone="bad" title="The file cannot be read, so nothing can be changed here.">
          <p>Check its permissions.</p>
        </Notice>
      )}
      {errors > 0 && (
        <Notice tone="bad" title={`${plural(errors, 'error')}, so the file as it is now is not in force.`}>
          <p>What was last read from it without errors is, if there was anything. Correct the file, and it takes effect at once.</p>
        </Notice>
      )}
      <section class="card" aria-label="Problems" aria-live="polite">
        <h2>Problems</h2>
        {diagnostics.length === 0 ? <p class="muted">There are none.</p> : <Problems diagnostics={diagnostics} />}
      </section>
      <details class="card">
        <summary>What it says</summary>
        <p class="hint">Secrets by name alone.</p>
        <pre>{JSON.stringify(written, null, 2)}</pre>
      </details>
      <p class="hint">llm-sidecar {version}</p>
    </>
  );
}

function Problems({ diagnostics }: Pick<ConfigState, 'diagnostics'>) {
  return (
    <ul class="problems">
      {diagnostics.map(({ severity, code, message, path, range, source }) => (
        <li key={[source, path, code, range?.start.line].join(' ')}>
          <Badge tone={severity === 'error' ? 'bad' : 'warn'}>{severity}</Badge>
          <div>
            <p>{message}</p>
            <p class="hint">
              <code class="path">
                {source}
                {range && `:${range.start.line + 1}:${range.start.character + 1}`}
              </code>
              {path && (
                <>
                  {' '}
                  <code>{path}</code>
                </>
              )}{' '}
              {code}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
