// node test/hosts/table.ts: runs every host with every transcript and prints the table of docs/hosts.md. ✗ is what fails, ? what
// cannot be run here.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.ts';
import { cases, clientNames, clients, driverFiles, driverNames, drivers, playsOf, table } from './matrix.ts';
import { runDriver, runHost } from './runHost.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-table-'));
const failed = new Set<string>();
const absent = new Set<string>();

for (const name of driverNames) {
  const command = build(drivers[name], driverFiles[name], folder);
  if (command === null) absent.add(name);
  for (const play of command === null ? [] : playsOf(name)) {
    const { code, stderr } = await runDriver(command!, play);
    if (code === 0) continue;
    failed.add(`${name} ${play.transcript}`);
    console.error(`${name}: ${stderr}`);
  }
}
for (const name of clientNames) {
  const command = build(clients[name].language, `docs/examples/hosts/${clients[name].file}`, folder);
  if (command === null) absent.add(name);
  else {
    const { code, stdout } = await runHost(command, { 'llm-sidecar.yaml': 'test_models: true\nmodels: [echo, test-fast, test-endless]\n' });
    if (code !== 0 || !stdout.endsWith('the same: yes\ncancelled: cancelled\nrefused: That word stays here.\nexit: 0\n')) failed.add(name);
  }
}
rmSync(folder, { recursive: true, force: true });

process.stdout.write(
  table((host, name) => {
    const inScope = !(host in clients) || (clients[host as keyof typeof clients].cases as readonly string[]).includes(name);
    if (!inScope) return '';
    if (absent.has(host)) return '?';
    return failed.has(host) || cases[name].some((transcript) => failed.has(`${host} ${transcript}`)) ? '✗' : '✓';
  }),
);
process.exitCode = failed.size > 0 ? 1 : 0;
