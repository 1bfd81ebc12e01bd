import * as fs from 'node:fs';
import { promisify } from 'node:util';

// What every start reads files with: loading `node:fs/promises`, with the streams and readline that it needs, takes 3 ms.
export const readFile = promisify(fs.readFile);
export const stat = promisify(fs.stat);
