import { openRpcDocument } from '../../schema/openRpcDocument.ts';
import type { Result } from '../handlers.ts';

export async function discover(): Promise<Result<'rpc.discover'>> {
  return openRpcDocument();
}
