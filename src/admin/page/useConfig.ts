import { useEffect, useState } from 'preact/hooks';
import type { ConfigState } from '../shapes.ts';

/** The configuration as it is at the moment. */
export interface Live {
  readonly config: ConfigState | undefined;
  /** Another number after each change. */
  readonly revision: number;
  /** The server cannot be reached. */
  readonly isLost: boolean;
}

export function useConfig(): Live {
  const [live, setLive] = useState<Live>({ config: undefined, revision: 0, isLost: false });
  useEffect(() => {
    const events = new EventSource('api/events');
    events.addEventListener('config', ({ data }: MessageEvent<string>) =>
      setLive(({ revision }) => ({ config: JSON.parse(data) as ConfigState, revision: revision + 1, isLost: false })),
    );
    events.addEventListener('error', () => setLive((before) => ({ ...before, isLost: true })));
    return () => events.close();
  }, []);
  return live;
}
