import { useState } from 'preact/hooks';
import type { ModelsState, PurposeState } from '../shapes.ts';
import { EditModels } from './editModels.tsx';
import { keyPlace, reasonOf } from './explanation.tsx';
import type { ViewProps } from './page.tsx';
import { Badge } from './parts.tsx';
import { Read } from './read.tsx';
import { Table, type Column } from './table.tsx';
import { TryIt } from './tryIt.tsx';
import { useData } from './useData.ts';

export function ModelsView({ live, tell }: ViewProps) {
  const read = useData<ModelsState>('api/models', {}, live.revision);
  const [edited, setEdited] = useState<PurposeState>();
  return (
    <Read {...read}>
      {({ purposes, models }) => (
        <>
          <datalist id="models">
            {models.map(({ id, available, why }) => (
              <option key={id} value={id}>
                {available ? '' : (reasons[why ?? ''] ?? '')}
              </option>
            ))}
          </datalist>
          <section class="card" aria-label="Purposes">
            <Table caption="Purposes and their models" columns={columns(setEdited)} rows={purposes} keyOf={({ name }) => name ?? ''} />
          </section>
          {purposes.length === 1 && (
            <p class="muted">
              There are no purposes yet. A purpose is a reason to call a model, such as <code>commit-messages</code>, with a model, a list
              of models and a system prompt of its own, under <code>purposes</code> in the configuration.
            </p>
          )}
          <TryIt purposes={purposes.flatMap(({ name }) => name ?? [])} revision={live.revision} />
          {edited && (
            <EditModels
              purpose={edited}
              config={live.config}
              onClose={() => setEdited(undefined)}
              onSaved={(text) => {
                setEdited(undefined);
                tell(text);
              }}
            />
          )}
        </>
      )}
    </Read>
  );
}

const reasons: Readonly<Record<string, string>> = { noKey: 'no key', notAllowed: 'not allowed', filtered: 'removed by a hook' };

function columns(onEdit: (purpose: PurposeState) => void): Column<PurposeState>[] {
  return [
    {
      title: 'Purpose',
      isPlain: true,
      cell: ({ name, description }) => (
        <>
          {name === null ? <em>without a purpose</em> : <strong class="name">{name}</strong>}
          {description && <div class="hint">{description}</div>}
        </>
      ),
    },
    {
      title: 'Model',
      cell: ({ name, explanation }) => (
        <>
          {explanation.wanted === undefined ? <span class="muted">none</span> : <span class="name">{explanation.wanted}</span>}
          {explanation.reason && <div class="hint">{reasonOf(explanation.reason, name ?? undefined)}</div>}
        </>
      ),
    },
    { title: 'Key', cell: ({ explanation: { key } }) => (key === undefined ? '' : keyPlace(key)) },
    {
      title: 'Allowed',
      cell: ({ name, models, blockedModels }) => (
        <>
          {models === null ? (
            <span class="muted">{name === null ? 'all' : 'as without a purpose'}</span>
          ) : models.length === 0 ? (
            'only the default'
          ) : (
            <Names names={models} />
          )}
          {blockedModels.length > 0 && <div class="hint">not {blockedModels.join(', ')}</div>}
        </>
      ),
    },
    {
      title: 'State',
      cell: ({ explanation: { failure } }) =>
        failure === undefined ? (
          <Badge tone="ok">works</Badge>
        ) : (
          <>
            <Badge tone="bad">would fail</Badge>
            <div class="hint">{failure.message}</div>
          </>
        ),
    },
    {
      title: 'Change',
      hasHiddenTitle: true,
      isPlain: true,
      cell: (purpose) => (
        <button type="button" onClick={() => onEdit(purpose)}>
          Change<span class="unseen"> {purpose.name ?? 'what holds without a purpose'}</span>
        </button>
      ),
    },
  ];
}

/** More than a few are counted. */
function Names({ names }: { readonly names: readonly string[] }) {
  const shown = names.slice(0, 3);
  return (
    <span title={names.join('\n')}>
      {shown.join(', ')}
      {names.length > shown.length && ` and ${names.length - shown.length} more`}
    </span>
  );
}
