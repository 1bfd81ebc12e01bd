import { useState } from 'preact/hooks';
import type { ListedSecret, SecretChangeAsked } from '../shapes.ts';
import { post } from './client.ts';
import { plural } from './format.ts';
import { Actions, Dialog, Failed, Field } from './parts.tsx';

interface DialogProps {
  onClose(): void;
  /** With what was done. */
  onDone(text: string): void;
}

/** A value, which leaves the page once and is forgotten. */
export function SetSecret({ secret, onClose, onDone }: DialogProps & { readonly secret: ListedSecret | undefined }) {
  const [form, setForm] = useState({ name: secret?.name ?? '', value: '', note: secret?.note ?? '' });
  const { isBusy, error, run } = useRun();
  const set = (member: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [member]: event.currentTarget.value });
  const submit = (event: Event): void => {
    event.preventDefault();
    const asked: SecretChangeAsked = {
      name: form.name.trim(),
      ...(form.value === '' ? {} : { value: form.value }),
      ...(form.note === (secret?.note ?? '') ? {} : { note: form.note }),
    };
    run(async () => {
      const { version } = await post<{ version: number }>('api/secrets/set', asked);
      setForm({ ...form, value: '' });
      onDone(`${asked.name} is set, version ${version}`);
    });
  };
  const isStored = secret?.version !== undefined;
  return (
    <Dialog title={secret === undefined ? 'Add a secret' : `${isStored ? 'Replace' : 'Set'} ${secret.name}`} onClose={onClose}>
      <form onSubmit={submit} autocomplete="off">
        {secret === undefined && (
          <Field label="Name" hint="As configurations use it: OPENAI_API_KEY.">
            <input required value={form.name} spellcheck={false} autocomplete="off" onInput={set('name')} />
          </Field>
        )}
        <Field label="Value" hint={isStored ? 'Empty: the value stays, and the note alone is changed.' : 'It cannot be read here again.'}>
          <input
            type="password"
            required={!isStored}
            value={form.value}
            autocomplete="new-password"
            spellcheck={false}
            onInput={set('value')}
          />
        </Field>
        <Field label="Note" hint="For people, such as whose it is. Not secret.">
          <input maxLength={100} value={form.note} autocomplete="off" onInput={set('note')} />
        </Field>
        {secret?.obtainUrl && (
          <p class="hint">
            <a href={secret.obtainUrl} target="_blank" rel="noopener noreferrer">
              Obtain one
            </a>{' '}
            in another tab.
          </p>
        )}
        {secret?.variable && <p class="hint">The environment variable {secret.variable} comes before what is stored here.</p>}
        {error && <Failed error={error} />}
        <Actions submit={isStored ? 'Replace' : 'Set'} isBusy={isBusy} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

export type Confirm = { readonly action: 'delete' | 'rollback'; readonly name: string } | { readonly action: 'rotate' };

/** What cannot be undone is asked about. */
export function ConfirmSecret({ confirm, onClose, onDone }: DialogProps & { readonly confirm: Confirm }) {
  const { isBusy, error, run } = useRun();
  const { title, text, submit, path } = wordsOf(confirm);
  const name = 'name' in confirm ? confirm.name : '';
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(async () => {
            const answer = await post<{ version?: number; rows?: number; keyName?: string }>(path, name === '' ? {} : { name });
            if (confirm.action === 'delete') onDone(`${name} is deleted`);
            else if (confirm.action === 'rollback') onDone(`${name} is version ${answer.version} again`);
            else onDone(`${plural(answer.rows ?? 0, 'value')} encrypted with the key ${answer.keyName}`);
          });
        }}
      >
        <p>{text}</p>
        {error && <Failed error={error} />}
        <Actions submit={submit} isBusy={isBusy} onCancel={onClose} tone={confirm.action === 'rotate' ? 'primary' : 'danger'} />
      </form>
    </Dialog>
  );
}

function wordsOf(confirm: Confirm): { title: string; text: string; submit: string; path: string } {
  switch (confirm.action) {
    case 'delete':
      return {
        title: `Delete ${confirm.name}?`,
        text: 'All its versions are removed. Prompts that need it fail from then on, unless it is somewhere else too.',
        submit: 'Delete',
        path: 'api/secrets/delete',
      };
    case 'rollback':
      return {
        title: `Roll back ${confirm.name}?`,
        text: 'Its last version is removed, and the one before is in use again.',
        submit: 'Roll back',
        path: 'api/secrets/rollback',
      };
    default:
      return {
        title: 'Rotate the encryption key?',
        text: 'Every value is encrypted anew with the first key under secrets.encryption_keys. The keys that follow it are then not needed any more.',
        submit: 'Rotate',
        path: 'api/secrets/rotate',
      };
  }
}

function useRun(): { isBusy: boolean; error: Error | undefined; run(task: () => Promise<void>): void } {
  const [state, setState] = useState<{ isBusy: boolean; error: Error | undefined }>({ isBusy: false, error: undefined });
  const run = (task: () => Promise<void>): void => {
    setState({ isBusy: true, error: undefined });
    task().then(
      () => setState({ isBusy: false, error: undefined }),
      (error: unknown) => setState({ isBusy: false, error: error as Error }),
    );
  };
  return { ...state, run };
}
