import { listen } from './speak.ts';

process.stdout.write('Hello! Listening on port 8080\n');
listen(() => {});
