import { uniqueId } from './uniqueId.ts';

/** A UUID of version 7 (RFC 9562): ids made later sort later, to a fraction of a millisecond. */
export function timeOrderedId(now: number = performance.timeOrigin + performance.now()): string {
  const milliseconds = Math.floor(now);
  const time = milliseconds.toString(16).padStart(12, '0');
  const fraction = Math.floor((now - milliseconds) * 4096)
    .toString(16)
    .padStart(3, '0');
  // The rest of a random one, from its variant on.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${fraction}-${uniqueId().slice(19)}`;
}
