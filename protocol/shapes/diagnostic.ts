import * as z from 'zod';

const position = z.object({
  line: z.number().int().describe('From 0.'),
  character: z.number().int().describe('From 0, in UTF-16 code units, as language servers count.'),
});

/** A problem in the configuration, as a language server reports one. */
export type Diagnostic = z.infer<typeof diagnostic>;
export const diagnostic = z
  .object({
    severity: z.enum(['error', 'warning']),
    code: z.string().describe('Stable, for programs: unknownKey, wrongType, unknownModel …'),
    message: z.string().describe('For people; says what to do.'),
    path: z.string().describe('The path of the key: purposes.chat.model'),
    range: z.object({ start: position, end: position }).optional(),
    source: z.string().describe('The file.'),
  })
  .meta({ id: 'Diagnostic' });
