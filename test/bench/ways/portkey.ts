import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createBareHttp } from './bareHttp.ts';
import type { Way, WaySettings } from './way.ts';

/** The Portkey gateway between bare HTTP and the upstream. */
export async function openWay({ port, peers }: WaySettings): Promise<Way> {
  const own = await freePort();
  const program = join(peers, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const child = spawn(process.execPath, [program, `--port=${own}`, '--headless'], { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const way = createBareHttp(own, '/v1/chat/completions', {
    authorization: 'Bearer k',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${port}/v1`,
  });
  const ready = async (): Promise<void> => {
    for (let left = 200; ; left -= 1) {
      if (child.exitCode !== null) throw new Error(`the Portkey gateway ended with ${child.exitCode}`);
      try {
        return void (await way.whole('1'));
      } catch (error) {
        if (left === 0) throw error;
        await setTimeout(50);
      }
    }
  };
  await ready();
  return {
    ...way,
    serverId: child.pid,
    async stop() {
      await way.stop?.();
      kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
