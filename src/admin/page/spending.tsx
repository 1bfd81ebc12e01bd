import { useState } from 'preact/hooks';
import type { Spending, SpendingBy, SpendingRow } from '../shapes.ts';
import { compact, count, decimalsOf, plural, shortDay } from './format.ts';
import type { ViewProps } from './page.tsx';
import { Choice, Empty, Money, Notice } from './parts.tsx';
import { Read } from './read.tsx';
import { toSeries, type Series } from './series.ts';
import { SpendingChart } from './spendingChart.tsx';
import { Table, type Column } from './table.tsx';
import { useData } from './useData.ts';

const nobody: Readonly<Record<SpendingBy, string>> = { model: '', purpose: 'no purpose', actor: 'nobody' };

type Period = '7' | '30' | '90';

export function SpendingView({ live }: ViewProps) {
  const [by, setBy] = useState<SpendingBy>('model');
  const [days, setDays] = useState<Period>('30');
  const read = useData<Spending>('api/spending', { by, days }, live.revision);
  return (
    <>
      <div class="tools">
        <Choice<SpendingBy>
          label="Summed up by"
          options={[
            ['model', 'By model'],
            ['purpose', 'By purpose'],
            ['actor', 'By actor'],
          ]}
          value={by}
          onChange={setBy}
        />
        <Choice<Period>
          label="Period"
          options={[
            ['7', '7 days'],
            ['30', '30 days'],
            ['90', '90 days'],
          ]}
          value={days}
          onChange={setDays}
        />
      </div>
      <Read {...read}>{(spending) => <Spent spending={spending} by={by} />}</Read>
    </>
  );
}

function Spent({ spending, by }: { readonly spending: Spending; readonly by: SpendingBy }) {
  const { total, rows, days } = spending;
  if (total.responses === 0)
    return (
      <Empty title="Nothing was used in this time.">
        <p>
          Each answer of a model is counted here from now on. To try it: <code>llm-sidecar prompt 'Hello'</code>
        </p>
      </Empty>
    );
  const series = toSeries(spending, nobody[by]);
  return (
    <>
      <dl class="figures">
        <Figure title={`Spent in ${days.length} days`}>
          <Money usd={total.usd} isEstimated={total.isEstimated} />
        </Figure>
        <Figure title="Responses">{count(total.responses)}</Figure>
        <Figure title="Tokens in">{compact(total.inputTokens)}</Figure>
        <Figure title="Tokens out">{compact(total.outputTokens)}</Figure>
      </dl>
      {total.unpriced > 0 && (
        <Notice tone="warn" title={`What ${plural(total.unpriced, 'response')} cost is not known, and not in here.`}>
          <p>
            There is no price for the model. Say what it costs under <code>prices</code> in the configuration.
          </p>
        </Notice>
      )}
      <section class="card" aria-label="Chart">
        <SpendingChart days={days} series={series} />
        <p class="hint">Dollars a day, in the time zone {spending.timeZone}. The table below has the same numbers.</p>
      </section>
      <section class="card">
        <Table caption={`What was spent by ${by}`} columns={columns(by, series, spending)} rows={rows} keyOf={({ name }) => name} />
      </section>
      <details class="card">
        <summary>Day by day</summary>
        <Days days={days} series={series} />
      </details>
    </>
  );
}

function Figure({ title, children }: { readonly title: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function columns(by: SpendingBy, series: readonly Series[], { rows, total }: Spending): Column<SpendingRow>[] {
  const decimals = decimalsOf(rows.map(({ usd }) => usd));
  const classOf = (name: string): string => series.find((one) => one.names.includes(name))?.className ?? '';
  return [
    {
      title: by[0]?.toUpperCase() + by.slice(1),
      isPlain: true,
      cell: ({ name }) => (
        <span class="name">
          <span class={`swatch ${classOf(name)}`} aria-hidden="true" />
          {name === '' ? <span class="muted">{nobody[by]}</span> : name}
        </span>
      ),
    },
    { title: 'Responses', isNumber: true, cell: ({ responses }) => count(responses) },
    { title: 'Tokens in', isNumber: true, cell: ({ inputTokens }) => count(inputTokens) },
    { title: 'Tokens out', isNumber: true, cell: ({ outputTokens }) => count(outputTokens) },
    { title: 'Cost', isNumber: true, cell: ({ usd, isEstimated }) => <Money usd={usd} isEstimated={isEstimated} decimals={decimals} /> },
    { title: 'Share', isNumber: true, cell: ({ usd }) => share(usd, total.usd) },
  ];
}

function share(usd: string | null, total: string | null): string {
  const all = Number(total ?? 0);
  return usd === null || all === 0 ? '–' : `${((Number(usd) / all) * 100).toFixed(1)} %`;
}

interface DayRow {
  readonly day: string;
  readonly costs: readonly (string | null)[];
}

function Days({ days, series }: { readonly days: readonly string[]; readonly series: readonly Series[] }) {
  const rows = days.map((day, index): DayRow => ({ day, costs: series.map(({ costs }) => String(costs[index] ?? 0)) })).toReversed();
  const decimals = decimalsOf(rows.flatMap(({ costs }) => costs));
  const columns: Column<DayRow>[] = [
    { title: 'Day', isPlain: true, cell: ({ day }) => <time dateTime={day}>{shortDay(day)}</time> },
    ...series.map(({ label }, index): Column<DayRow> => ({
      title: label,
      isNumber: true,
      cell: ({ costs }) =>
        Number(costs[index]) === 0 ? <span class="muted">–</span> : <Money usd={costs[index] ?? null} decimals={decimals} />,
    })),
  ];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Costs day by day">
      <Table caption="Costs day by day" columns={columns} rows={rows} keyOf={({ day }) => day} />
    </div>
  );
}
