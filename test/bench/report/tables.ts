import type { Wire } from '../sections/readers.ts';
import type { storageKinds } from '../sections/storage.ts';
import { causeOf } from './causes.ts';
import { goalsOf, readingRatio, shownMeasured, verdictOf } from './goals.ts';
import { markdownTable } from './markdownTable.ts';
import { format, medianOf, pairedRatio, quantileOf, type Report } from './report.ts';

/** The run in Markdown: the machine, a table for each section that was measured, the goals. */
export function tablesOf(report: Report): string {
  const peers = Object.entries(report.peers).map(([name, version]) => `${name} ${version}`);
  const machine = `${report.day}, ${report.machine}, Node ${report.node}${peers.map((peer) => `, ${peer}`).join('')}; ${report.rounds} rounds, ${report.seconds} s.`;
  const parts = [
    section(report, /^(first|whole)\//, 'One prompt at a time, milliseconds', onePrompt),
    section(report, /^perSecond\//, `Thousand deltas a second; ${report.chunks} deltas in all streams together`, perSecond),
    section(report, /^cpu\//, 'CPU of a delta, microseconds: host + sidecar or gateway', cpu),
    section(report, /^cold\//, 'Milliseconds from the spawn', cold),
    section(report, /^memory\//, 'Resident memory, MB', memory),
    section(report, /^storage\//, 'With a database (SQLite), against nothing kept; prompts of 100 deltas', storage),
    section(report, /^reload$/, 'From a save of the configuration to the first prompt that is answered by it, milliseconds', reload),
    section(report, /^readers\//, 'Reading an answer, microseconds of CPU an event; each comes by itself', readers),
    section(report, /./, 'Goals', goals),
    missed(report),
  ];
  const notes = report.notes.map((note) => `- ${note}`).join('\n');
  return [machine, ...parts.filter((part) => part !== ''), ...(notes === '' ? [] : [notes])].join('\n\n');
}

const titles: Readonly<Record<string, string>> = {
  bareHttp: '(a) `node:http` in the host',
  providerPackage: '(b) the provider package in the host',
  streamText: '(c) `streamText` of `ai` in the host',
  portkey: '(d) the Portkey gateway',
  typescriptSdk: '(e) llm-sidecar, its TypeScript SDK',
  leanHost: '(f) llm-sidecar, a raw client',
  withoutProvider: 'limit: llm-sidecar without a provider',
  pipeEcho: 'limit: JSON lines over a pipe',
  stockJsonRpc: 'limit: vscode-jsonrpc as it comes',
};

function section(report: Report, names: RegExp, title: string, table: (report: Report) => string): string {
  return Object.keys(report.values).some((name) => names.test(name)) ? `**${title}**\n\n${table(report)}` : '';
}

/** A row for each way that was measured. */
function wayRows({ values }: Report, names: RegExp, cells: (way: string) => string[]): string[][] {
  const measured = new Set(Object.keys(values).flatMap((name) => (names.test(name) ? [name.split('/').at(-1)!] : [])));
  return Object.entries(titles).flatMap(([way, title]) => (measured.has(way) ? [[title, ...cells(way)]] : []));
}

function onePrompt(report: Report): string {
  const rows = wayRows(report, /^first\//, (way) => [
    format(medianOf(report, `first/${way}`), 2),
    format(quantileOf(report, `first/${way}`, 0.99), 2),
    format(medianOf(report, `first/${way}`) / medianOf(report, 'first/providerPackage'), 2),
    format(medianOf(report, `whole/${way}`), 2),
    format(quantileOf(report, `whole/${way}`, 0.99), 2),
    format(medianOf(report, `whole/${way}`) - medianOf(report, 'whole/bareHttp'), 2),
    format(medianOf(report, `whole/${way}`) / medianOf(report, 'whole/providerPackage'), 2),
  ]);
  return markdownTable(['', 'first delta', 'p99', '× (b)', 'unstreamed', 'p99', 'over (a)', '× (b)'], rows);
}

function perSecond(report: Report): string {
  const counts = [...new Set(Object.keys(report.values).flatMap((name) => /^perSecond\/(\d+)\//.exec(name)?.[1] ?? []))];
  const rows = wayRows(report, /^perSecond\//, (way) =>
    counts.flatMap((count) => [
      format(medianOf(report, `perSecond/${count}/${way}`) / 1000, 0),
      format(pairedRatio(report, `perSecond/${count}/${way}`, `perSecond/${count}/providerPackage`), 2),
    ]),
  );
  return markdownTable(['', ...counts.flatMap((count) => [`${count} ${count === '1' ? 'stream' : 'streams'}`, '× (b)'])], rows);
}

function cpu(report: Report): string {
  const counts = [...new Set(Object.keys(report.values).flatMap((name) => /^cpu\/(\w+)\//.exec(name)?.[1] ?? []))];
  const shown = (way: string, count: string): string => {
    const server = medianOf(report, `serverCpu/${count}/${way}`);
    const host = format(medianOf(report, `cpu/${count}/${way}`), 1);
    return Number.isNaN(server) ? host : `${host} + ${format(server, 1)}`;
  };
  const rows = wayRows(report, /^cpu\//, (way) => [
    ...counts.map((count) => shown(way, count)),
    format(100 * medianOf(report, `kept/${way}`), 0, ' %'),
  ]);
  const heads = counts.map((count) => (count === 'paced' ? '10 a second each' : `${count} unpaced`));
  return markdownTable(['', ...heads, 'pace kept'], rows);
}

function cold(report: Report): string {
  const names = {
    bare: 'a bare Node that answers a line',
    initialize: '`initialize`',
    configured: '`initialize`, with a configuration',
    echo: 'the first delta of `echo`',
    firstPrompt: 'the first prompt to a provider, unstreamed',
  };
  const rows = Object.entries(names).map(([name, title]) => [
    title,
    format(medianOf(report, `cold/${name}`), 0),
    format(quantileOf(report, `cold/${name}`, 0.9), 0),
    format(medianOf(report, `cold/${name}`) / medianOf(report, 'cold/bare'), 2),
  ]);
  return markdownTable(['', 'p50', 'p90', '× bare Node'], rows);
}

function memory(report: Report): string {
  const names = {
    'idle/bare': 'a bare Node, idle',
    'idle/sidecar': 'llm-sidecar, idle',
    'idle/configured': 'llm-sidecar, idle, with a provider',
    'streams/leanHost': 'llm-sidecar, at most, many paced streams',
    'added/leanHost': 'what of it the streams added',
    'streams/providerPackage': 'a host with the provider package, at most, the same streams',
    'added/providerPackage': 'what of it the streams added',
    reading: 'llm-sidecar, at most, fast streams, the host reads',
    stalled: 'llm-sidecar, at most, the same, the host does not read',
  };
  return markdownTable(
    ['', 'MB'],
    Object.entries(names).map(([name, title]) => [title, format(medianOf(report, `memory/${name}`), 0)]),
  );
}

function storage(report: Report): string {
  const titles: Readonly<Record<keyof typeof storageKinds, string>> = {
    nothing: 'nothing',
    history: 'history',
    content: 'history with content',
    budgets: 'budgets',
    both: 'history and budgets',
  };
  const rows = Object.entries(titles).flatMap(([kind, title]) =>
    ['m', 'echo'].map((model) => {
      const of = (what: string): string => `storage/${what}/${model}/${kind}`;
      return [
        `${title}, ${model === 'm' ? 'provider' : '`echo`'}`,
        format(medianOf(report, of('cpu')), 0),
        format(pairedRatio(report, of('cpu'), `storage/cpu/${model}/nothing`), 2),
        format(medianOf(report, of('first')), 2),
        format(quantileOf(report, of('first'), 0.99), 2),
        format(medianOf(report, of('whole')), 2),
      ];
    }),
  );
  return markdownTable(['', 'CPU a prompt, µs', '× nothing', 'first delta, ms', 'p99', 'unstreamed, ms'], rows);
}

function reload(report: Report): string {
  return markdownTable(
    ['', 'p50', 'p99'],
    [['save to effect', format(medianOf(report, 'reload'), 0), format(quantileOf(report, 'reload', 0.99), 0)]],
  );
}

function readers(report: Report): string {
  const titles: Readonly<Record<Wire, string>> = { 'openai-compatible': 'chat completions', anthropic: 'Anthropic', google: 'Gemini' };
  const rows = Object.entries(titles).map(([wire, title]) => [
    title,
    ...['package', 'own', 'nobody'].map((name) => format(medianOf(report, `readers/${wire}/${name}`), 1)),
    format(readingRatio(report, wire as Wire), 1),
  ]);
  return markdownTable(['', 'the package', 'our reader', 'nobody reads', 'times as fast'], rows);
}

function goals(report: Report): string {
  const rows = goalsOf(report).map((goal) => [goal.text, `at ${goal.at} ${goal.limit} ${goal.unit}`, shownMeasured(goal), verdictOf(goal)]);
  return markdownTable(['', 'goal', 'measured', ''], rows);
}

/** The causes, each with the goals that it is the cause of. */
function missed(report: Report): string {
  const goals = goalsOf(report).filter((goal) => verdictOf(goal) === 'missed');
  const causes = [...new Set(goals.map(({ text }) => causeOf(text)))];
  const items = causes.map((cause) => {
    const texts = goals.flatMap(({ text }) => (causeOf(text) === cause ? [text] : []));
    return `- ${texts.join('; ')}: ${cause}`;
  });
  return items.length === 0 ? '' : `**Missed, and why**\n\n${items.join('\n')}`;
}
