import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { jsonObject, withMeta } from '../shapes/json.ts';

export const discover = defineRequest({
  method: 'rpc.discover',
  summary: 'The OpenRPC document of this protocol; also before `initialize`.',
  params: () => z.object(withMeta),
  result: () => jsonObject,
});
