import * as z from 'zod';
import { type Json } from './json.ts';

/** On whose behalf a call is made. `null` is nobody in particular; members besides `id` are the host's own. */
export type Actor = { id?: string; [key: string]: Json | undefined } | null;
export const actor = z
  .looseObject({ id: z.string().optional() })
  .meta({ id: 'Actor', description: 'On whose behalf the call is made; null for nobody in particular.' })
  // Outside of the definition: generators of types make of it what it is, an object that may be missing.
  .nullable() as unknown as z.ZodType<Actor>;
