import { isBuilt } from './sidecar.ts';

const root = new URL('../../', import.meta.url);
const entry = (built: string, source: string): string => new URL(isBuilt ? `dist/${built}` : source, root).href;

/** What a program of a page imports, by the name it has there: what `npm test` has built, or the sources. */
export const packageUrls = {
  'llm-sidecar': entry('index.js', 'client/index.ts'),
  'llm-sidecar/protocol': entry('protocol.js', 'protocol/index.ts'),
};
