import { useEffect, useState } from 'preact/hooks';
import type { PromptsState } from '../shapes.ts';
import { get } from './client.ts';
import { count, decimalsOf, moment, seconds } from './format.ts';
import { Outcome, outcomes, type Entry } from './outcome.tsx';
import type { ViewProps } from './page.tsx';
import { Empty, Failed, Money } from './parts.tsx';
import { PromptDialog } from './promptDialog.tsx';
import { Read } from './read.tsx';
import { Table, type Column } from './table.tsx';
import { useData } from './useData.ts';

const noFilter = { query: '', model: '', purpose: '', actor: '', outcome: '' };
type Filter = typeof noFilter;

export function PromptsView({ live }: ViewProps) {
  const [filter, setFilter] = useState(noFilter);
  const [shown, setShown] = useState<string>();
  const asked = useSettled(filter);
  const read = useData<PromptsState>('api/prompts', asked, live.revision);
  const isFiltered = Object.values(asked).some((value) => value !== '');
  return (
    <>
      <Filters filter={filter} canSearch={live.config?.keepsContent ?? false} onChange={setFilter} />
      <Read {...read}>
        {(first) =>
          first.responses.length === 0 ? (
            <Empty title={isFiltered ? 'No prompt is like that.' : 'There are no prompts yet.'}>
              <p>{isFiltered ? 'Take away a filter to see more.' : 'Each answer of a model is listed here from now on.'}</p>
              {isFiltered && (
                <button type="button" onClick={() => setFilter(noFilter)}>
                  Remove all filters
                </button>
              )}
            </Empty>
          ) : (
            <Listed first={first} asked={asked} onOpen={setShown} />
          )
        }
      </Read>
      {shown !== undefined && <PromptDialog id={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}

function Filters({
  filter,
  canSearch,
  onChange,
}: {
  readonly filter: Filter;
  readonly canSearch: boolean;
  onChange(filter: Filter): void;
}) {
  const input = (name: keyof Filter, label: string, disabled = false) => (
    <label class="field">
      <span class="label">{label}</span>
      <input
        type="search"
        value={filter[name]}
        disabled={disabled}
        placeholder={disabled ? 'content is not kept' : 'any'}
        onInput={({ currentTarget }) => onChange({ ...filter, [name]: currentTarget.value })}
      />
    </label>
  );
  return (
    <form class="filters" role="search" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      {input('query', 'Words', !canSearch)}
      {input('model', 'Model')}
      {input('purpose', 'Purpose')}
      {input('actor', 'Actor')}
      <label class="field">
        <span class="label">Outcome</span>
        <select value={filter.outcome} onChange={({ currentTarget }) => onChange({ ...filter, outcome: currentTarget.value })}>
          <option value="">any</option>
          {['ok', 'error', 'cancelled', 'lost'].map((outcome) => (
            <option key={outcome} value={outcome}>
              {outcomes[outcome]?.[0]}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}

function Listed({ first, asked, onOpen }: { readonly first: PromptsState; readonly asked: Filter; onOpen(id: string): void }) {
  const [older, setOlder] = useState<readonly PromptsState[]>([]);
  const [error, setError] = useState<Error>();
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => setOlder([]), [first]);
  const pages = [first, ...older];
  const responses = pages.flatMap((page) => page.responses);
  const more = async (): Promise<void> => {
    setIsBusy(true);
    try {
      const next = await get<PromptsState>('api/prompts', { ...asked, before: responses.at(-1)?.responseId });
      setOlder([...older, next]);
      setError(undefined);
    } catch (failure) {
      setError(failure as Error);
    }
    setIsBusy(false);
  };
  return (
    <>
      <section class="card">
        <Table
          caption="The latest prompts"
          columns={columns(onOpen, decimalsOf(responses.map(({ cost }) => cost.usd)))}
          rows={responses}
          keyOf={({ responseId }) => responseId}
        />
      </section>
      {error && <Failed error={error} />}
      {pages.at(-1)?.hasMore && (
        <p class="center">
          <button type="button" disabled={isBusy} onClick={() => void more()}>
            Show older ones
          </button>
        </p>
      )}
    </>
  );
}

function columns(onOpen: (id: string) => void, decimals: number): Column<Entry>[] {
  return [
    {
      title: 'When',
      isPlain: true,
      cell: ({ responseId, startedAt, excerpt }) => (
        <>
          <button type="button" class="link" onClick={() => onOpen(responseId)}>
            {moment(startedAt)}
          </button>
          {excerpt && <div class="excerpt">{excerpt}</div>}
        </>
      ),
    },
    { title: 'Model', cell: ({ model }) => <span class="name">{model}</span> },
    { title: 'Purpose', cell: ({ purpose }) => purpose },
    { title: 'Actor', cell: ({ actor }) => actor },
    { title: 'In', isNumber: true, cell: ({ usage }) => count(usage.inputTokens) },
    { title: 'Out', isNumber: true, cell: ({ usage }) => count(usage.outputTokens) },
    {
      title: 'Cost',
      isNumber: true,
      cell: ({ cost }) => <Money usd={cost.usd} isEstimated={cost.source === 'estimated'} decimals={decimals} />,
    },
    { title: 'Took', isNumber: true, cell: ({ durationMs }) => seconds(durationMs) },
    { title: 'Outcome', cell: (entry) => <Outcome entry={entry} /> },
  ];
}

/** The value when it has not changed for a moment. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 200);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
