import { listenPolitely, send } from './speak.ts';

const parent: { id?: unknown } = {};

listenPolitely(
  ({ id, method }) => {
    if (method !== 'config/read') return;
    const { SHOWN: shown, HOME: home, PATH: path } = process.env;
    const config = {
      args: process.argv.slice(2),
      cwd: process.cwd(),
      shown,
      home: home ?? null,
      path: path !== undefined,
      parentIsHost: parent.id === process.ppid,
    };
    send({ id, result: { path: null, config, diagnostics: [] } });
  },
  undefined,
  (params) => (parent.id = params.parentProcessId),
);
