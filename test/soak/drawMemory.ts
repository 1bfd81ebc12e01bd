import type { Sample, SoakResult } from './soak.ts';

const [width, height, left, bottom, top] = [640, 240, 44, 28, 30];

/** Resident memory over time, as a small SVG. */
export function drawMemory(samples: readonly Sample[], { seconds, streams }: Pick<SoakResult, 'seconds' | 'streams'>): string {
  const most = Math.ceil(Math.max(100, ...samples.map(({ rssMb }) => rssMb)) / 50) * 50;
  const x = (at: number): number => Math.round(left + (at / seconds) * (width - left - 10));
  const y = (mb: number): number => Math.round(height - bottom - (mb / most) * (height - bottom - top));
  const text = (at: number, down: number, words: string, anchor = 'middle'): string =>
    `<text x="${at}" y="${down}" text-anchor="${anchor}">${words}</text>`;
  const levels = Array.from({ length: most / 50 + 1 }, (_, index) => index * 50);
  const times = Array.from({ length: 6 }, (_, index) => (index * seconds) / 5);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#fff"/>
${text(width / 2, 18, `Memory of the sidecar (MB) with ${streams} streams for ${seconds} s: cancels, faults, reloads, a slow reader`)}
${levels.map((mb) => `<path d="M${left} ${y(mb)}H${width - 10}" stroke="#ddd"/>${text(left - 6, y(mb) + 4, String(mb), 'end')}`).join('\n')}
${times.map((at) => text(x(at), height - 10, `${Math.round(at)} s`)).join('\n')}
<polyline fill="none" stroke="#06c" stroke-width="1.5" points="${samples.map(({ at, rssMb }) => `${x(Math.min(at, seconds))},${y(rssMb)}`).join(' ')}"/>
</svg>
`;
}
