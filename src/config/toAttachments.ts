import type { Config } from './config.ts';
import type { Surroundings } from './surroundings.ts';
import { locationOf } from './toStorage.ts';

/** The folders in which attachments may be, absolute. Without `roots` the one in which the sidecar was started: that of its host, unless it names another. */
export function toAttachmentRoots({ values: { attachments }, source }: Config, surroundings: Surroundings): readonly string[] {
  return attachments?.roots?.map((root) => locationOf(root, source, surroundings)) ?? [surroundings.cwd];
}

/** The rest of `attachments:`. `maxBytes` is of one, `maxTotalBytes` of all of a prompt. */
export function toAttachmentLimits({ values: { attachments } }: Config): {
  allowPrivateUrls: boolean;
  maxBytes: number;
  maxTotalBytes: number;
} {
  return {
    allowPrivateUrls: attachments?.allow_private_urls ?? false,
    maxBytes: attachments?.max_bytes ?? 64 * 1024 * 1024,
    maxTotalBytes: attachments?.max_total_bytes ?? 128 * 1024 * 1024,
  };
}
