import { listenPolitely } from './speak.ts';

process.on('SIGTERM', () => process.stderr.write('SIGTERM? No.\n'));
listenPolitely(
  () => {},
  () => process.stderr.write('end of input? No.\n'),
);
setInterval(() => {}, 1_000_000);
