import { setImmediate } from 'node:timers/promises';

/** An MCP server that tells what it was given, whole and in pieces, and ends before it is one. */
const told = [process.env['TOKEN'] ?? '', ...process.argv.slice(2)].join(' ');
process.stderr.write(`started with ${told}\n`);
process.stderr.write('x'.repeat(3990) + told.slice(0, 20));
for (let at = 20; at < told.length; at += 5) {
  await setImmediate();
  process.stderr.write(told.slice(at, at + 5));
}
process.stderr.write(`${'y'.repeat(9000)}\n`);
process.exitCode = 1;
