import { PassThrough } from 'node:stream';
import { serve, type CloseReason, type Served, type ServeOptions } from '../../src/rpc/serve.ts';
import type { Chunking, RawFraming } from './rawFrames.ts';
import { startRawHost, type RawHost } from './rawHost.ts';
import { createTestTable, type TestTable } from './testTable.ts';

export interface InProcess {
  readonly host: RawHost;
  readonly served: Served;
  readonly table: TestTable;
  readonly logged: string[];
  readonly closeReasons: CloseReason[];
  /** The sidecar's ends. */
  readonly wire: { readonly input: PassThrough; readonly output: PassThrough };
}

/** `serve` with the test table on two PassThroughs, and a raw host at the other ends. */
export function serveInProcess(options: ServeOptions & { hostFraming?: RawFraming; chunking?: Chunking } = {}): InProcess {
  const { hostFraming = 'ndjson', chunking = 'whole', ...rest } = options;
  const wire = { input: new PassThrough(), output: new PassThrough() };
  const table = createTestTable();
  const logged: string[] = [];
  const closeReasons: CloseReason[] = [];
  const served = serve(wire, table, {
    log: (text) => void logged.push(text),
    onClose: (reason) => void closeReasons.push(reason),
    ...rest,
  });
  const host = startRawHost({ streams: { input: wire.input, output: wire.output }, framing: hostFraming, chunking });
  return { host, served, table, logged, closeReasons, wire };
}
