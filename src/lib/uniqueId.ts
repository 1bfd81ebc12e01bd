/**
 * A UUID that no other process has, but which can be guessed: V8 seeds `Math.random` from the operating system. `node:crypto` is
 * 4 ms of a start.
 */
export function uniqueId(): string {
  const digits = Array.from({ length: 4 }, () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  const variant = (8 + (Number.parseInt(digits.charAt(16), 16) % 4)).toString(16);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
}
