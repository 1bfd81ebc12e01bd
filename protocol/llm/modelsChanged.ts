import * as z from 'zod';
import { defineNotification } from '../define.ts';
import { withMeta } from '../shapes/json.ts';

export const modelsChanged = defineNotification({
  method: 'llm/modelsChanged',
  summary: 'The models may have changed (configuration, keys, a server that was asked): ask llm/models again.',
  params: () => z.object(withMeta),
});
