import { Writable } from 'node:stream';

/**
 * Gives stdout to the frames alone: from now on `console.*` and `process.stdout.write` go to stderr, and the stream that
 * is returned is the only way to the real stdout. Call it in the first line of the process, once. What writes to file
 * descriptor 1 by itself (native code, a child that inherits it) is not caught.
 */
export function cleanStdout(): Writable {
  const stdout = process.stdout;
  const write = stdout.write.bind(stdout);
  stdout.write = process.stderr.write.bind(process.stderr);
  stdout.end = () => stdout;

  const frames = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, encoding, done) => void write(chunk, encoding, done),
  });
  // A failed write reaches `frames` through its callback; what is left to do here is not to crash.
  stdout.on('error', (error) => frames.destroy(error));
  stdout.on('close', () => frames.destroy());
  frames.on('error', () => {});
  return frames;
}
