import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import { useEffect, useRef, useState } from 'preact/hooks';
import { dollars, shortDay } from './format.ts';
import type { Series } from './series.ts';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

/** Stacked bars. Whoever does not see them has the table. */
export function SpendingChart({ days, series }: { readonly days: readonly string[]; readonly series: readonly Series[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDark = useIsDark();
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const chart = draw(canvas.current, days, series);
    return () => chart.destroy();
  }, [days, series, isDark]);
  const total = series.flatMap(({ costs }) => costs).reduce((sum, cost) => sum + cost, 0);
  return (
    <>
      <div class="chart">
        <canvas ref={canvas} role="img" aria-label={`Costs of ${days.length} days in stacked bars: ${dollars(String(total))} in all`} />
      </div>
      <ul class="legend" aria-label="Colours of the chart">
        {series.map(({ label, className }) => (
          <li key={label}>
            <span class={`swatch ${className}`} aria-hidden="true" />
            {label}
          </li>
        ))}
      </ul>
    </>
  );
}

function draw(canvas: HTMLCanvasElement, days: readonly string[], series: readonly Series[]): Chart {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const font = { family: style.fontFamily, size: 12 };
  return new Chart(canvas, {
    type: 'bar',
    data: {
      labels: days.map(shortDay),
      datasets: series.map(({ label, costs, className }) => ({
        label,
        data: [...costs],
        backgroundColor: colour(className),
        borderWidth: 0,
        maxBarThickness: 42,
        categoryPercentage: 0.85,
        barPercentage: 0.95,
      })),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          stacked: true,
          grid: { display: false },
          border: { color: colour('line') },
          ticks: { color: colour('muted'), font, maxRotation: 0, autoSkipPadding: 12 },
        },
        y: {
          stacked: true,
          beginAtZero: true,
          border: { display: false },
          grid: { color: colour('line') },
          ticks: { color: colour('muted'), font, maxTicksLimit: 6, callback: (value) => dollars(String(value)) },
        },
      },
      plugins: {
        tooltip: {
          backgroundColor: colour('raised'),
          borderColor: colour('line-strong'),
          borderWidth: 1,
          titleColor: colour('text'),
          bodyColor: colour('text'),
          titleFont: { ...font, weight: 'bold' },
          bodyFont: font,
          padding: 10,
          boxPadding: 4,
          filter: ({ parsed }) => parsed.y !== 0,
          callbacks: { label: ({ dataset, parsed }) => ` ${dataset.label}: ${dollars(String(parsed.y))}` },
        },
      },
    },
  });
}

function useIsDark(): boolean {
  const query = '(prefers-color-scheme: dark)';
  const [isDark, setIsDark] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const listen = ({ matches }: MediaQueryListEvent): void => setIsDark(matches);
    list.addEventListener('change', listen);
    return () => list.removeEventListener('change', listen);
  }, []);
  return isDark;
}
