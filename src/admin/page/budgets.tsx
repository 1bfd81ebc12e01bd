import { useState } from 'preact/hooks';
import type { BudgetsState } from '../shapes.ts';
import { EditTrouble } from './editTrouble.tsx';
import { dollars, moment, plural } from './format.ts';
import type { ViewProps } from './page.tsx';
import { Actions, Badge, Dialog, Empty, Field, type Tone } from './parts.tsx';
import { Read } from './read.tsx';
import { useData } from './useData.ts';
import { useEdit } from './useEdit.ts';

type Budget = BudgetsState['budgets'][number];
type Standing = Budget['standings'][number];

const periods: Readonly<Record<string, string>> = { hour: 'an hour', day: 'a day', month: 'a month', total: 'in all' };

export function BudgetsView({ live, tell }: ViewProps) {
  const read = useData<BudgetsState>('api/budgets', {}, live.revision);
  const [edited, setEdited] = useState<Budget>();
  return (
    <>
      <Read {...read}>
        {({ budgets }) =>
          budgets.length === 0 ? (
            <NoBudgets />
          ) : (
            <div class="cards">
              {budgets.map((budget, index) => (
                <BudgetCard key={index} budget={budget} onEdit={() => setEdited(budget)} />
              ))}
            </div>
          )
        }
      </Read>
      {edited && (
        <EditLimit
          budget={edited}
          live={live}
          onClose={() => setEdited(undefined)}
          onSaved={(text) => {
            setEdited(undefined);
            tell(text);
          }}
        />
      )}
    </>
  );
}

function NoBudgets() {
  return (
    <Empty title="There is no budget, so nothing limits what may be spent.">
      <p>Add one to the configuration, and it holds at once:</p>
      <pre>{'budgets:\n  - name: team\n    limit_usd: 20\n    per: month'}</pre>
    </Empty>
  );
}

function BudgetCard({ budget, onEdit }: { readonly budget: Budget; onEdit(): void }) {
  const { name, limitUsd, per, each, match, standings, more, timeZone } = budget;
  const matched = Object.entries(match).flatMap(([dimension, values]) => (values ? [`${dimension} ${values.join(' or ')}`] : []));
  const about = [
    `${dollars(limitUsd)} ${periods[per] ?? per}`,
    ...(each.length > 0 ? [`for each ${each.join(' and ')}`] : []),
    ...(matched.length > 0 ? [`for ${matched.join(', ')}`] : []),
  ];
  const [first] = standings;
  return (
    <section class="card budget" aria-label={`Budget ${name}`}>
      <div class="card-head">
        <div>
          <h2>{name}</h2>
          <p class="muted">{about.join(', ')}</p>
        </div>
        <button type="button" onClick={onEdit}>
          Change limit<span class="unseen"> of {name}</span>
        </button>
      </div>
      {standings.length === 0 && <p class="muted">Nobody has spent anything of it in this period.</p>}
      {standings.map((standing) => (
        <Meter key={JSON.stringify(standing.of)} standing={standing} limitUsd={limitUsd} name={name} />
      ))}
      {more > 0 && <p class="muted">and {plural(more, 'other')}</p>}
      {first?.windowEnd && (
        <p class="hint">
          Begins anew on {moment(first.windowEnd)} ({per}s of {timeZone})
        </p>
      )}
    </section>
  );
}

function Meter({ standing, limitUsd, name }: { readonly standing: Standing; readonly limitUsd: string; readonly name: string }) {
  const { of, spentUsd, reservedUsd, leftUsd } = standing;
  const limit = Number(limitUsd);
  const part = (usd: string): number => (limit === 0 ? 0 : Math.max(0, Math.min(100, (Number(usd) / limit) * 100)));
  const used = limit === 0 ? 100 : part(spentUsd) + part(reservedUsd);
  const tone: Tone = used >= 100 ? 'bad' : used >= 80 ? 'warn' : 'ok';
  const whose = Object.values(of)
    .map((value) => value ?? 'nobody')
    .join(', ');
  const spent = `${dollars(spentUsd)} spent${Number(reservedUsd) > 0 ? `, ${dollars(reservedUsd)} held by prompts that run` : ''}`;
  return (
    <div class="standing">
      <div class="standing-text">
        <span>{whose === '' ? spent : <strong>{whose}</strong>}</span>
        <span class="left">
          {tone === 'bad' && <Badge tone="bad">used up</Badge>} <strong class="money">{dollars(leftUsd)}</strong> left
        </span>
      </div>
      <div
        class={`meter ${tone}`}
        role="meter"
        aria-label={`Spent of ${name}${whose && `, ${whose}`}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(used)}
        aria-valuetext={`${dollars(spentUsd)} of ${dollars(limitUsd)} spent`}
      >
        <div class="spent" style={{ width: `${part(spentUsd)}%` }} />
        <div class="held" style={{ width: `${part(reservedUsd)}%` }} />
      </div>
      {whose !== '' && <p class="hint">{spent}</p>}
    </div>
  );
}

function EditLimit({
  budget,
  live,
  onClose,
  onSaved,
}: {
  readonly budget: Budget;
  readonly live: ViewProps['live'];
  onClose(): void;
  onSaved(text: string): void;
}) {
  const edit = useEdit(live.config);
  const [limitUsd, setLimitUsd] = useState(budget.limitUsd);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await edit.save([{ what: 'budgetLimit', budget: budget.name, limitUsd: limitUsd.trim() }]))
      onSaved(`${budget.name} has a limit of ${dollars(limitUsd)} now`);
  };
  return (
    <Dialog title={`Limit of ${budget.name}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <Field label={`USD ${periods[budget.per] ?? ''}`} hint="It is written to the configuration and holds at once.">
          <input inputMode="decimal" required value={limitUsd} onInput={({ currentTarget }) => setLimitUsd(currentTarget.value)} />
        </Field>
        <EditTrouble {...edit} />
        <Actions submit="Save" isBusy={edit.isBusy} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
