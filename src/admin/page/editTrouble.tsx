import { Failed, Notice } from './parts.tsx';
import type { Edit } from './useEdit.ts';

/** Why a change was not written. */
export function EditTrouble({ error, problems }: Pick<Edit, 'error' | 'problems'>) {
  if (error) return <Failed error={error} />;
  if (problems.length === 0) return null;
  return (
    <Notice tone="bad" title="The file would have errors, so nothing was written.">
      <ul>
        {problems.map(({ message, path }) => (
          <li key={path + message}>
            {path && <code>{path}</code>} {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
