import { parseArgs } from 'node:util';
import { runBench, sections, type SectionName } from './bench.ts';
import { copyOfBuild } from './copyOfBuild.ts';
import { writePage } from './report/page.ts';
import { tablesOf } from './report/tables.ts';
import { tinySizes, usualSizes } from './sizes.ts';

/**
 * `npm run bench [-- --only=cold,first,throughput,memory,storage,reload,readers --rounds=N --json --write --tiny --without-peers]`: what
 * the sidecar costs, against the same without it, interleaved in one run. Take the ratios; the times are this machine's. `--write`
 * keeps the run in docs/. Needs `npm run build`. What is measured: docs/performance.md.
 */
const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    'without-peers': { type: 'boolean', default: false },
  },
});
const names = Object.keys(sections) as SectionName[];
const only = (flags.only?.split(',') ?? names) as SectionName[];
const unknown = only.find((name) => !names.includes(name));
const rounds = Number(flags.rounds);

if (unknown !== undefined) throw new Error(`There is no section ${unknown}: they are ${names.join(', ')}.`);
if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds is a number of at least 1.');
if (flags.write && (flags.only !== undefined || flags.tiny)) throw new Error('--write keeps a whole run: without --only and --tiny.');
// What is started ends with this process, and its folder is removed.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const report = await runBench({
  sizes: flags.tiny ? tinySizes : usualSizes(rounds),
  only,
  command: [process.execPath, copyOfBuild().main],
  withPeers: !flags['without-peers'],
  say: (text) => void process.stderr.write(`${text}\n`),
});
console.log(flags.json ? JSON.stringify(report) : tablesOf(report));
if (flags.write) writePage(report);
