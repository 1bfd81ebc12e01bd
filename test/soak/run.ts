import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawMemory } from './drawMemory.ts';
import { median, soak } from './soak.ts';

/** `npm run soak [seconds]`: ten minutes by default. Writes docs/soak.json and the picture docs/soak.svg. */
const seconds = Number(process.argv[2] ?? 600);
const result = await soak({ seconds, streams: 100, sampleMs: Math.max(500, seconds * 5) });

const { samples, held, ...summary } = result;
const afterFirstMinute = samples.filter(({ at }) => at > Math.min(60, seconds / 4));
const told = {
  ...summary,
  rssMbAfterFirstMinute: Math.round(median(afterFirstMinute, [0, 0.3], ({ rssMb }) => rssMb)),
  rssMbAtEnd: Math.round(median(afterFirstMinute, [0.8, 1], ({ rssMb }) => rssMb)),
  heldHeapMbAfterFirstMinute: Math.round(median(held, [0.1, 0.4], ({ heapMb }) => heapMb)),
  heldHeapMbAtEnd: Math.round(median(held, [0.7, 1], ({ heapMb }) => heapMb)),
  mostOpenRows: Math.max(...samples.map(({ openRows }) => openRows)),
};
console.log(JSON.stringify(told, null, 2));
const path = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const rounded = samples.map(({ at, rssMb, handles, openRows }) => [Math.round(at), Math.round(rssMb), handles, openRows]);
const rows = rounded.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
const heldRows = held.map(({ at, heapMb, externalMb }) => `    ${JSON.stringify([at, heapMb, externalMb].map(Math.round))}`).join(',\n');
const columns = { columns: ['seconds', 'rssMb', 'handles', 'openRows'], heldColumns: ['seconds', 'heapMb', 'externalMb'] };
const head = JSON.stringify({ ...told, ...columns }, null, 2).slice(0, -2);
writeFileSync(path('soak.json'), `${head},\n  "samples": [\n${rows}\n  ],\n  "held": [\n${heldRows}\n  ]\n}\n`);
writeFileSync(path('soak.svg'), drawMemory(result));
process.exitCode = result.wrong.length === 0 ? 0 : 1;
