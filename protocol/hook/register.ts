import * as z from 'zod';
import { defineRequest } from '../define.ts';
import { hookRegistration, hookRegistrationResult } from '../shapes/hook.ts';
import { withMeta } from '../shapes/json.ts';

export const register = defineRequest({
  method: 'hook/register',
  summary: 'Register hooks after the handshake. They take part in calls that start from now on.',
  params: () => z.object({ hooks: z.array(hookRegistration), ...withMeta }),
  result: () => z.object({ hooks: z.array(hookRegistrationResult), ...withMeta }),
});
