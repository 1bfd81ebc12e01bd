import { greeting, listen, send } from './speak.ts';

listen(({ id, method }) => {
  if (method === 'initialize') send({ id, result: { ...greeting, protocolVersion: 2 } });
});
