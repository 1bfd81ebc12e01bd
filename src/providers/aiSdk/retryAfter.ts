/**
 * How long the provider asks to wait, in ms: `retry-after-ms` (OpenAI, Azure), `retry-after` in seconds or as a date
 * (RFC 9110 10.2.3), or a RetryInfo in Google's error details (google.rpc.RetryInfo, `retryDelay: "48s"`).
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, body: unknown, now = Date.now()): number | undefined {
  const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return Math.round(ms);
  const after = headers['retry-after'];
  if (after !== undefined) {
    const seconds = Number(after);
    if (Number.isFinite(seconds) && seconds >= 0) return Math.round(seconds * 1000);
    const date = Date.parse(after);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  return retryInfo(body);
}

function retryInfo(body: unknown): number | undefined {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const holder = first as { details?: unknown; error?: { details?: unknown } } | null | undefined;
  const details = holder?.error?.details ?? holder?.details;
  if (!Array.isArray(details)) return undefined;
  for (const detail of details as { retryDelay?: unknown }[]) {
    const match = typeof detail?.retryDelay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(detail.retryDelay) : null;
    if (match?.[1] !== undefined) return Math.round(Number(match[1]) * 1000);
  }
  return undefined;
}
