/** A number's shortest decimal digits, written out: "7.159e-7" → "0.0000007159". No arithmetic, so nothing is rounded. */
export function decimalUsd(number: string): string {
  const match = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number);
  if (match === null) throw new RangeError(`not a decimal number: ${number}`);
  const [, whole = '0', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const tail = padded.slice(at).replace(/0+$/, '');
  const head = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  return tail === '' ? head : `${head}.${tail}`;
}
