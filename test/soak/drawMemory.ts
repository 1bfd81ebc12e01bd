import type { SoakResult } from './soak.ts';

const [width, height, left, bottom, top] = [640, 240, 44, 28, 30];

/** Memory over time, as a small SVG: resident, and what of the heap is in use after a collection. */
export function drawMemory({ samples, held, seconds, streams }: Pick<SoakResult, 'samples' | 'held' | 'seconds' | 'streams'>): string {
  const most = Math.ceil(Math.max(100, ...samples.map(({ rssMb }) => rssMb)) / 50) * 50;
  const x = (at: number): number => Math.round(left + (at / seconds) * (width - left - 10));
  const y = (mb: number): number => Math.round(height - bottom - (mb / most) * (height - bottom - top));
  const text = (at: number, down: number, words: string, anchor = 'middle'): string =>
    `<text x="${at}" y="${down}" text-anchor="${anchor}">${words}</text>`;
  const line = (color: string, points: readonly (readonly [number, number])[]): string => {
    const places = points.map(([at, mb]) => `${x(Math.min(at, seconds))},${y(mb)}`).join(' ');
    return `<polyline fill="none" stroke="${color}" stroke-width="1.5" points="${places}"/>`;
  };
  const levels = Array.from({ length: most / 50 + 1 }, (_, index) => index * 50);
  const times = Array.from({ length: 6 }, (_, index) => (index * seconds) / 5);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#fff"/>
${text(width / 2, 18, `Memory of the sidecar (MB) with ${streams} streams for ${seconds} s: cancels, faults, reloads, a slow reader`)}
${levels.map((mb) => `<path d="M${left} ${y(mb)}H${width - 10}" stroke="#ddd"/>${text(left - 6, y(mb) + 4, String(mb), 'end')}`).join('\n')}
${times.map((at) => text(x(at), height - 10, `${Math.round(at)} s`)).join('\n')}
${line(
  '#06c',
  samples.map(({ at, rssMb }) => [at, rssMb]),
)}
${line(
  '#c60',
  held.map(({ at, heapMb }) => [at, heapMb]),
)}
<text x="${width - 14}" y="${y(samples.at(-1)?.rssMb ?? 0) - 6}" text-anchor="end" fill="#06c">resident</text>
<text x="${width - 14}" y="${y(held.at(-1)?.heapMb ?? 0) - 6}" text-anchor="end" fill="#c60">heap in use after a collection</text>
</svg>
`;
}
