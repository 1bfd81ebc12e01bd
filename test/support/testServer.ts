import { createTestTable } from './testTable.ts';
import { serve } from '../../src/rpc/serve.ts';
import { openTransport, readTransport } from '../../src/rpc/transports.ts';
import { watchParent } from '../../src/rpc/watchParent.ts';

/**
 * `serve` as a real process: `node testServer.ts [--framing=…] [--max=BYTES] [--parent=PID] [--noise] [--pipe=… | --socket=…]`.
 * Ends with the code 1 when the host is gone, 3 when it cannot be understood.
 */
const value = (name: string): string | undefined => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);

const wire = await openTransport(readTransport(process.argv.slice(2)));
if (process.argv.includes('--noise')) {
  console.log('noise from console.log');
  process.stdout.write('noise from stdout\n');
  console.error('noise from console.error');
}
const table = createTestTable();
const served = serve(
  wire,
  {
    ...table,
    requests: {
      ...table.requests,
      chatter: {
        ...table.requests['nothing']!,
        handle: () => {
          console.log('chatter');
          process.stdout.write('chatter\n');
          return process.memoryUsage().rss;
        },
      },
    },
  },
  {
    framing: value('framing') as 'ndjson' | undefined,
    maxMessageBytes: value('max') === undefined ? undefined : Number(value('max')),
    onClose: (reason) => void served.idle().then(() => process.exit(reason === 'framingError' ? 3 : 1)),
  },
);
const parent = value('parent');
if (parent !== undefined) {
  watchParent(
    Number(parent),
    (why) => {
      console.error(why);
      process.exit(1);
    },
    50,
  );
}
