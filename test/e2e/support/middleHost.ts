import { spawn } from 'node:child_process';

// A host whose process can be killed: it starts what its arguments say, on its own pipes or (--own-pipes) on new ones that
// die with it, and passes on what it gets. The first line on stderr is the process id of what it has started.
const own = process.argv[2] === '--own-pipes';
const [file, ...args] = process.argv.slice(own ? 3 : 2);
const child = spawn(file!, args, { stdio: own ? ['pipe', 'pipe', 'inherit'] : 'inherit' });
process.stderr.write(`started ${child.pid}\n`);
if (own) {
  process.stdin.pipe(child.stdin!);
  child.stdout!.pipe(process.stdout);
}
