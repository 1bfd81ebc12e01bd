import { useState } from 'preact/hooks';
import type { ConfigState, Edited, EditAsked } from '../shapes.ts';
import { get, postEdit } from './client.ts';

type Without<T> = T extends unknown ? Omit<T, 'hash'> : never;
/** What is to be changed, wherever the file stands. */
export type Change = Without<EditAsked>;

export interface Edit {
  readonly isBusy: boolean;
  readonly error: Error | undefined;
  /** That the file would be wrong. */
  readonly problems: readonly { readonly message: string; readonly path: string }[];
  /** Writes one after another; true: all of them. */
  save(changes: readonly Change[]): Promise<boolean>;
}

/** Changes the file as it was when the form was opened, and not when somebody else has changed it since. */
export function useEdit(config: ConfigState | undefined): Edit {
  const [seen, setSeen] = useState(config?.hash ?? null);
  const [state, setState] = useState<Omit<Edit, 'save'>>({ isBusy: false, error: undefined, problems: [] });
  const save = async (changes: readonly Change[]): Promise<boolean> => {
    setState({ isBusy: true, error: undefined, problems: [] });
    try {
      if (seen === null) throw new Error('The configuration cannot be read, so it cannot be changed here.');
      let hash = seen;
      for (const change of changes) {
        const edited: Edited = await postEdit({ ...change, hash });
        if (edited.state === 'refused') {
          setState({ isBusy: false, error: undefined, problems: edited.problems });
          return false;
        }
        if (edited.state === 'changed') {
          setSeen((await get<ConfigState>('api/config')).hash);
          const written = change === changes[0] ? 'nothing' : 'not all of this';
          throw new Error(
            `Somebody else has changed the file since this was opened, so ${written} was written. Look at what it says now, and save again.`,
          );
        }
        hash = edited.hash;
        setSeen(hash);
      }
      setState({ isBusy: false, error: undefined, problems: [] });
      return true;
    } catch (error) {
      setState({ isBusy: false, error: error as Error, problems: [] });
      return false;
    }
  };
  return { ...state, save };
}
