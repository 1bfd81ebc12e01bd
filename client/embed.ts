import type { EmbedParams, EmbedResult } from '../protocol/index.ts';
import type { Connection } from './connection.ts';

export interface EmbedOptions extends Pick<EmbedParams, 'options' | 'timeoutMs' | 'metadata'> {
  signal?: AbortSignal | undefined;
}

type Target = Pick<EmbedParams, 'model' | 'purpose' | 'actor' | 'groupId'>;

export async function embedTexts(
  connection: Connection,
  texts: readonly string[],
  { signal, ...rest }: EmbedOptions & Target,
): Promise<EmbedResult> {
  return connection.request('llm/embed', { ...rest, input: [...texts] }, signal);
}
