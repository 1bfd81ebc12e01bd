import * as z from 'zod';
import { type Json } from './json.ts';

/** On whose behalf a call is made. `null` is nobody in particular; members besides `id` are the host's own. */
export type Actor = { id?: string; [key: string]: Json | undefined } | null;
export const actor = z
  .looseObject({ id: z.string().optional() })
  .nullable()
  .meta({ id: 'Actor', description: 'On whose behalf the call is made; null for nobody in particular.' }) as unknown as z.ZodType<Actor>;
