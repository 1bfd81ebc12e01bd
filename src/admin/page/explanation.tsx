import type { ComponentChildren } from 'preact';
import type { Explained } from '../shapes.ts';
import { dollars } from './format.ts';
import { Badge, Notice, type Tone } from './parts.tsx';

const verdicts: Readonly<Record<string, readonly [string, Tone]>> = {
  allowed: ['allowed', 'ok'],
  notAllowed: ['not in the list', 'bad'],
  blocked: ['blocked', 'bad'],
  filtered: ['removed', 'bad'],
  noKey: ['has no key', 'bad'],
  notAsked: ['not asked', 'plain'],
};

/** The answer of `llm/explain` for people. */
export function Explanation({ told, purpose }: { readonly told: Explained; readonly purpose: string | undefined }) {
  const {
    wanted,
    reason,
    failure,
    considered,
    key,
    price,
    reservation,
    budgets = [],
    limits,
    options = {},
    system,
    tools = [],
    hooks,
    fallbacks = [],
  } = told;
  const facts: [string, ComponentChildren][] = [];
  if (wanted !== undefined)
    facts.push([
      'Model',
      <>
        <strong>{wanted}</strong>, {reasonOf(reason, purpose)}
      </>,
    ]);
  if (considered.length > 0) facts.push(['Rules', <List items={considered.map((verdict) => judged(verdict))} />]);
  if (fallbacks.length > 0)
    facts.push([
      'Else',
      <List items={fallbacks.map(({ model, failure }) => `${model}${failure === undefined ? '' : `: passed over. ${failure.message}`}`)} />,
    ]);
  if (key !== undefined) facts.push(['Key', `${keyPlace(key)}${key.missed.length > 0 ? `; not set: ${key.missed.join(', ')}` : ''}`]);
  if (price !== undefined)
    facts.push([
      'Price',
      price === null
        ? 'unknown'
        : `${dollars(price.inputUsdPerMillion)} in, ${dollars(price.outputUsdPerMillion)} out, for a million tokens`,
    ]);
  if (reservation !== undefined)
    facts.push([
      'Holds',
      reservation.usd === null ? 'nothing, since its price is unknown' : `${dollars(reservation.usd)} of its budgets while it runs`,
    ]);
  if (budgets.length > 0)
    facts.push([
      'Budgets',
      <List
        items={budgets.map(({ name, leftUsd, limitUsd, hasRoom }) => (
          <>
            {name}: {dollars(leftUsd)} of {dollars(limitUsd)} left {!hasRoom && <Badge tone="bad">no room</Badge>}
          </>
        ))}
      />,
    ]);
  if (limits !== undefined) facts.push(['Limits', limitsOf(limits)]);
  if (Object.keys(options).length > 0) facts.push(['Options', <code>{JSON.stringify(options)}</code>]);
  if (system) facts.push(['System', <pre>{system}</pre>]);
  if (tools.length > 0) facts.push(['Tools', tools.join(', ')]);
  if (hooks.length > 0)
    facts.push(['Hooks', <List items={hooks.map(({ id, point, registeredBy }) => `${id} (${point}, of ${registeredBy})`)} />]);
  return (
    <div aria-live="polite">
      {failure && (
        <Notice tone="bad" title={`It would fail (${failure.kind}).`}>
          <p>{failure.message}</p>
        </Notice>
      )}
      <dl class="facts">
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function reasonOf(reason: string | undefined, purpose: string | undefined): string {
  const texts: Readonly<Record<string, string>> = {
    asked: 'as asked',
    hook: 'named by a hook',
    purpose: `the model of ${purpose ?? 'the purpose'}`,
    default: 'the default model',
  };
  return texts[reason ?? ''] ?? reason ?? '';
}

const places: Readonly<Record<string, string>> = {
  purpose: 'secret',
  default: 'secret',
  secret: 'secret',
  keysFile: 'keys.json,',
  environment: 'variable',
  host: 'the host,',
};

export function keyPlace({ needed, source, name }: NonNullable<Explained['key']>): string {
  if (source !== undefined) return `${places[source] ?? source} ${name ?? ''}`;
  return needed ? 'none found' : 'none needed';
}

function limitsOf({ provider, ...most }: NonNullable<Explained['limits']>): string {
  const parts = [
    [most.maxConcurrent, 'requests at a time'],
    [most.requestsPerMinute, 'requests a minute'],
    [most.tokensPerMinute, 'tokens a minute'],
  ] as const;
  const texts = parts.flatMap(([count, what]) => (count === undefined ? [] : [`${count} ${what}`]));
  return `${provider}: ${texts.join(', ')}; ${most.maxWaiting} more may wait, each ${most.maxWaitMs / 1000} s`;
}

function List({ items }: { readonly items: readonly ComponentChildren[] }) {
  return (
    <ul class="plain">
      {items.map((item, index) => (
        <li key={index}>{item}</li>
      ))}
    </ul>
  );
}

function judged({ by, verdict, detail }: Explained['considered'][number]): ComponentChildren {
  const [text, tone] = verdicts[verdict] ?? [verdict, 'plain'];
  return (
    <>
      {by}: <Badge tone={tone}>{text}</Badge> {detail && <span class="muted">{detail}</span>}
    </>
  );
}
