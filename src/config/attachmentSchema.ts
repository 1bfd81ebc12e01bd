import * as z from 'zod';

const bytes = z.int().positive();

/** The key about attachments. */
export const attachmentKeys = {
  attachments: z
    .strictObject({
      roots: z
        .array(z.string().min(1))
        .optional()
        .describe(
          'The folders whose files an attachment may name by its path, relative to this file. Default: the folder in which the sidecar was started.',
        ),
      allow_private_urls: z
        .boolean()
        .optional()
        .describe('Also fetch attachments from addresses of this machine and of private networks. Default false.')
        .meta({ default: false }),
      max_bytes: bytes.optional().describe('The largest attachment in bytes. Default 67108864 (64 MiB).').meta({ default: 67_108_864 }),
      max_total_bytes: bytes
        .optional()
        .describe('All attachments of a prompt together, files and content given, in bytes. Default 134217728 (128 MiB).')
        .meta({ default: 134_217_728 }),
    })
    .optional()
    .describe('Which attachments the sidecar reads and fetches.'),
};

/** In `limits`. */
export const maxToolResultBytes = bytes
  .optional()
  .describe('The largest result of a tool in bytes; of a larger one the model gets the beginning. Default 8388608 (8 MiB).')
  .meta({ default: 8_388_608 });
