import { createServer } from 'node:net';

// Below those that systems give away by themselves, so that nobody gets one of them by chance: Linux begins at 32 768.
const [first, count] = [20_000, 12_000];

/** A port where nothing listens now, and where nobody else begins to who did not ask for it by its number. */
export async function quietPort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
