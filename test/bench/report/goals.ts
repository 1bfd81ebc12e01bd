import type { Wire } from '../sections/readers.ts';
import { format, medianOf, pairedRatio, quantileOf, type Report } from './report.ts';

export interface Goal {
  readonly text: string;
  /** What must be at most or at least `limit`; NaN: not measured. */
  readonly measured: Readonly<Record<string, number>>;
  readonly limit: number;
  readonly at: 'most' | 'least';
  readonly unit: '×' | 'MB';
}

export type Verdict = 'met' | 'missed' | 'not measured';

/** What was set out to be reached. A goal about both clients is met when it is met by both. */
export function goalsOf(report: Report): Goal[] {
  const both = (measure: (way: string) => number) => ({ SDK: measure('typescriptSdk'), raw: measure('leanHost') });
  const one = (value: number) => ({ '': value });
  const p50 = (name: string, base: string): number => medianOf(report, name) / medianOf(report, base);
  const most = (text: string, limit: number, measured: Goal['measured']): Goal => ({ text, limit, measured, at: 'most', unit: '×' });
  const least = (text: string, limit: number, measured: Goal['measured']): Goal => ({ text, limit, measured, at: 'least', unit: '×' });
  const first = (base: string) => both((way) => p50(`first/${way}`, `first/${base}`));
  const perSecond = (streams: number, base: string) =>
    both((way) => pairedRatio(report, `perSecond/${streams}/${way}`, `perSecond/${streams}/${base}`));
  const added = medianOf(report, 'memory/stalled') - medianOf(report, 'memory/reading');
  return [
    most('first delta, p50, of the provider package', 1.3, first('providerPackage')),
    most('first delta, p50, of `streamText`', 1, first('streamText')),
    most('first delta, p50, of Portkey', 1, first('portkey')),
    most(
      'whole unstreamed prompt, of the provider package',
      1.5,
      both((way) => p50(`whole/${way}`, 'whole/providerPackage')),
    ),
    ...streamCounts.flatMap((streams) => [
      least(`deltas a second, ${counted(streams)}, of the provider package`, 0.9, perSecond(streams, 'providerPackage')),
      least(`deltas a second, ${counted(streams)}, of \`streamText\``, 2, perSecond(streams, 'streamText')),
    ]),
    most('spawn to `initialize`, of a bare Node', 2, one(p50('cold/initialize', 'cold/bare'))),
    most('spawn to the first delta of `echo`, of a bare Node', 2.5, one(p50('cold/echo', 'cold/bare'))),
    most('memory idle, of a bare Node', 1.5, one(p50('memory/idle/sidecar', 'memory/idle/bare'))),
    {
      text: 'memory at 1000 streams, over idle',
      limit: 150,
      measured: one(medianOf(report, 'memory/added/leanHost')),
      at: 'most',
      unit: 'MB',
    },
    { text: 'memory that a host adds by not reading', limit: 20, measured: one(added), at: 'most', unit: 'MB' },
    most(
      'CPU of a prompt of 100 deltas, with history and budgets',
      1.1,
      one(pairedRatio(report, 'storage/cpu/m/both', 'storage/cpu/m/nothing')),
    ),
    most(
      'first delta, p99, with history and budgets',
      1.2,
      one(quantileOf(report, 'storage/first/m/both', 0.99) / quantileOf(report, 'storage/first/m/nothing', 0.99)),
    ),
    least('reading an answer, of the provider packages', 3, {
      chat: readingRatio(report, 'openai-compatible'),
      Anthropic: readingRatio(report, 'anthropic'),
      Gemini: readingRatio(report, 'google'),
    }),
  ];
}

/** How much faster than the package an answer is read, without what its body costs. */
export function readingRatio(report: Report, wire: Wire): number {
  const [own, its, nobody] = ['own', 'package', 'nobody'].map((name) => medianOf(report, `readers/${wire}/${name}`)) as [
    number,
    number,
    number,
  ];
  return (its - nobody) / (own - nobody);
}

export function verdictOf({ measured, limit, at }: Goal): Verdict {
  const values = Object.values(measured);
  if (values.some(Number.isNaN)) return 'not measured';
  return values.every((value) => (at === 'most' ? value <= limit : value >= limit)) ? 'met' : 'missed';
}

/** Such as `SDK 1.20 ×, raw 1.10 ×`. */
export function shownMeasured({ measured, unit }: Goal): string {
  const shown = (value: number): string => (unit === 'MB' ? format(value, 0, ' MB') : format(value, 2, ' ×'));
  return Object.entries(measured)
    .map(([name, value]) => `${name} ${shown(value)}`.trim())
    .join(', ');
}

const streamCounts = [1, 100, 1000];

function counted(streams: number): string {
  return streams === 1 ? '1 stream' : `${streams} streams`;
}
