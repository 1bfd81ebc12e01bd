/** `node setKeys.ts FILE PREFIX COUNT` sets PREFIX-0, PREFIX-1 … and writes each name when it is set. */
import { setKey } from '../../../src/keys/writeKeysFile.ts';

const [path = '', prefix = '', count = '1'] = process.argv.slice(2);
try {
  for (let index = 0; index < Number(count); index++) {
    await setKey(path, `${prefix}-${index}`, `canary-${prefix}-${index}`);
    process.stdout.write(`${prefix}-${index}\n`);
  }
} catch (error) {
  process.stderr.write(String(error));
  process.exitCode = 1;
}
