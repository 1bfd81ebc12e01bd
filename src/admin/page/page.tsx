import { useEffect, useState } from 'preact/hooks';
import { BudgetsView } from './budgets.tsx';
import { ConfigurationView } from './configuration.tsx';
import { plural } from './format.ts';
import { ModelsView } from './models.tsx';
import { Badge, Notice } from './parts.tsx';
import { PromptsView } from './prompts.tsx';
import { SecretsView } from './secrets.tsx';
import { SpendingView } from './spending.tsx';
import { useConfig, type Live } from './useConfig.ts';

export interface ViewProps {
  readonly live: Live;
  /** Says that something was done. */
  tell(text: string): void;
}

const views = {
  spending: ['Spending', SpendingView],
  budgets: ['Budgets', BudgetsView],
  prompts: ['Prompts', PromptsView],
  models: ['Models', ModelsView],
  secrets: ['Secrets', SecretsView],
  configuration: ['Configuration', ConfigurationView],
} as const;

type ViewName = keyof typeof views;

export function Page() {
  const live = useConfig();
  const name = useHash();
  const [told, setTold] = useState({ text: '' });
  useEffect(() => {
    if (told.text === '') return undefined;
    const timer = setTimeout(() => setTold({ text: '' }), 6000);
    return () => clearTimeout(timer);
  }, [told]);
  const [title, View] = views[name];
  useEffect(() => {
    document.title = `${title} · llm-sidecar`;
  }, [title]);
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        To the content
      </a>
      <header>
        <div class="bar">
          <span class="brand">llm-sidecar</span>
          <Status live={live} />
        </div>
        <nav aria-label="Views">
          {(Object.keys(views) as ViewName[]).map((one) => (
            <a key={one} href={`#${one}`} aria-current={one === name ? 'page' : undefined}>
              {views[one][0]}
            </a>
          ))}
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {live.isLost && (
          <Notice tone="bad" title="The sidecar does not answer.">
            <p>
              If it has ended, start <code>llm-sidecar admin</code> again: it prints another address.
            </p>
          </Notice>
        )}
        <h1>{title}</h1>
        <View key={name} live={live} tell={(text) => setTold({ text })} />
      </main>
      <div class="told" role="status">
        {told.text && <span>{told.text}</span>}
      </div>
    </>
  );
}

function Status({ live: { config } }: { readonly live: Live }) {
  if (config === undefined) return <span class="muted">…</span>;
  const errors = config.diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = config.diagnostics.length - errors;
  return (
    <a class="state" href="#configuration">
      <span class="path">{config.path ?? 'no configuration file'}</span>
      {errors > 0 ? (
        <Badge tone="bad">{plural(errors, 'error')}</Badge>
      ) : warnings > 0 ? (
        <Badge tone="warn">{plural(warnings, 'warning')}</Badge>
      ) : (
        <Badge tone="ok">in order</Badge>
      )}
    </a>
  );
}

function useHash(): ViewName {
  const read = (): ViewName => {
    const name = location.hash.slice(1);
    return Object.hasOwn(views, name) ? (name as ViewName) : 'spending';
  };
  const [name, setName] = useState(read);
  useEffect(() => {
    const listen = (): void => setName(read());
    // It may have changed before this runs.
    listen();
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, []);
  return name;
}

/** `#main` is the name of no view. */
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}
