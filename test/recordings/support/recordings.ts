import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Json, JsonObject } from '../../../protocol/index.ts';

/** One recorded response and what a correct client reads out of it. The index's own `conventions` say what is what. */
export interface RecordedCase {
  readonly id: string;
  readonly provider: string;
  readonly api: string;
  readonly tags: readonly string[];
  readonly stream: boolean;
  readonly status: number;
  readonly flow: {
    readonly id: string;
    readonly step: number;
    readonly of: number;
    readonly mustEcho?: readonly { kind: string; value: string }[];
  } | null;
  readonly accept?: { readonly finishReason?: readonly (string | null)[]; readonly text?: readonly string[] };
  readonly expected: {
    readonly text?: string;
    readonly reasoning?: string;
    readonly toolCalls?: readonly { id: string | null; name: string; input: Json }[];
    readonly finishReason?: string | null;
    readonly usage?: Record<'input' | 'output' | 'cachedInput' | 'cacheWrite' | 'reasoning', number | null>;
    readonly responseId?: string;
    readonly error?: RecordedError | null;
  };
}

export interface RecordedError {
  readonly message: string;
  readonly code: string | number | null;
  readonly class?: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | null;
}

export interface Replay {
  readonly url: string;
  requests(namespace?: string): readonly {
    readonly path: string;
    readonly json: JsonObject | null;
    readonly body: string;
    readonly headers: Record<string, string>;
    readonly outcome: string;
  }[];
  close(): Promise<void>;
}

const folder = resolve(import.meta.dirname, '../../..', process.env['LLM_SIDECAR_RECORDINGS'] ?? '../shared/recordings');

/** The recordings are not part of the project: where they are absent, their tests are skipped, and say so. */
export const hasRecordings = existsSync(join(folder, 'replay.mjs'));
if (!hasRecordings) {
  process.stderr.write(`SKIPPED: no recordings at ${folder}; set LLM_SIDECAR_RECORDINGS to the folder that holds replay.mjs\n`);
}

/** All but the model lists, which are no prompts. */
export function promptCases(): RecordedCase[] {
  if (!hasRecordings) return [];
  const index = JSON.parse(readFileSync(join(folder, 'data/index.json'), 'utf8')) as { cases: RecordedCase[] };
  return index.cases.filter(({ api }) => api !== 'models');
}

export async function startReplay(): Promise<Replay> {
  const module = (await import(pathToFileURL(join(folder, 'replay.mjs')).href)) as {
    startReplay(options: { data: string }): Promise<Replay>;
  };
  return module.startReplay({ data: join(folder, 'data') });
}
