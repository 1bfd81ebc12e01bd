import { expect, test } from 'vitest';
import { sidecarCommand } from '../support/sidecar.ts';
import { runBench, sections, type SectionName } from './bench.ts';
import { goalsOf, verdictOf } from './report/goals.ts';
import { tablesOf } from './report/tables.ts';
import { tinySizes } from './sizes.ts';

/** What a run without the packages that are compared with measures, and how often with the tiny sizes. */
const measured: Record<SectionName, [names: string[], values: number]> = {
  cold: [['cold/bare', 'cold/initialize', 'cold/configured', 'cold/echo', 'cold/firstPrompt'], 1],
  first: [ways(['bareHttp', 'providerPackage', 'typescriptSdk', 'leanHost', 'withoutProvider', 'pipeEcho', 'stockJsonRpc']), 10],
  throughput: [['perSecond/1/bareHttp', 'perSecond/10/leanHost', 'cpu/10/typescriptSdk', 'kept/providerPackage', 'cpu/paced/leanHost'], 1],
  memory: [['memory/idle/bare', 'memory/idle/sidecar', 'memory/added/leanHost', 'memory/reading', 'memory/stalled'], 1],
  storage: [['storage/cpu/m/nothing', 'storage/cpu/echo/both'], 1],
  reload: [['reload'], 1],
  readers: [['readers/google/own', 'readers/anthropic/package', 'readers/openai-compatible/nobody'], 1],
};

test('npm run bench measures what it says, and its tables say what it measured', { timeout: 900_000 }, async () => {
  const said: string[] = [];
  const report = await runBench({
    sizes: tinySizes,
    only: Object.keys(sections) as SectionName[],
    command: sidecarCommand,
    withPeers: false,
    say: (text) => said.push(text),
  });
  const expected = Object.entries(measured).filter(([section]) => process.platform === 'linux' || section !== 'memory');
  for (const [section, [names, values]] of expected) {
    const counts = Object.fromEntries(names.map((name) => [name, report.values[name]?.length]));
    if (process.platform === 'linux' || section !== 'storage')
      expect(counts, section).toEqual(Object.fromEntries(names.map((name) => [name, values])));
  }
  expect(said).toEqual(expect.arrayContaining(Object.keys(sections).map((name) => `${name} …`)));
  expect(report).toMatchObject({ rounds: 1, latencyPrompts: 2, chunks: 40, peers: {} });
  const tables = tablesOf(report);
  expect(tables).toContain('(f) llm-sidecar, a raw client');
  expect(tables).not.toContain('Portkey gateway');
  const verdicts = Object.fromEntries(goalsOf(report).map((goal) => [goal.text, verdictOf(goal)]));
  expect(verdicts['first delta, p50, of Portkey']).toBe('not measured');
  expect(verdicts['spawn to `initialize`, of a bare Node']).not.toBe('not measured');
});

function ways(names: readonly string[]): string[] {
  return names.flatMap((name) => [`first/${name}`, `whole/${name}`]);
}
