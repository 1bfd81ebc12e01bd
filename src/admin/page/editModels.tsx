import { useState } from 'preact/hooks';
import type { ConfigState, PurposeState } from '../shapes.ts';
import { EditTrouble } from './editTrouble.tsx';
import { Actions, Dialog, Field } from './parts.tsx';
import { useEdit, type Change } from './useEdit.ts';

/** The model of a purpose and the lists of models that hold for it, or those without a purpose. */
export function EditModels({
  purpose: { name, model, models, blockedModels },
  config,
  onClose,
  onSaved,
}: {
  readonly purpose: PurposeState;
  readonly config: ConfigState | undefined;
  onClose(): void;
  onSaved(text: string): void;
}) {
  const edit = useEdit(config);
  const before = { model: model ?? '', models: (models ?? []).join('\n'), blocked: blockedModels.join('\n') };
  const [form, setForm] = useState(before);
  const set = (member: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [member]: event.currentTarget.value });
  const changes = (): Change[] => {
    const wanted: Change[] = [];
    const chosen = form.model.trim() || null;
    if (form.model.trim() !== before.model)
      wanted.push(name === null ? { what: 'defaultModel', model: chosen } : { what: 'purposeModel', purpose: name, model: chosen });
    if (form.models !== before.models) wanted.push({ what: 'models', purpose: name, models: linesOf(form.models) });
    if (form.blocked !== before.blocked) wanted.push({ what: 'blockedModels', purpose: name, models: linesOf(form.blocked) });
    return wanted;
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = changes();
    if (wanted.length === 0) return onClose();
    if (await edit.save(wanted)) onSaved(`Saved in ${config?.path ?? config?.newPath ?? 'the configuration'}`);
  };
  const isGlobal = name === null;
  return (
    <Dialog title={isGlobal ? 'Models without a purpose' : `Models of ${name}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <Field
          label={isGlobal ? 'Default model' : 'Model'}
          hint={
            isGlobal
              ? 'Of prompts that name neither a model nor a purpose with one.'
              : 'Of prompts with this purpose that name none. Empty: the default model.'
          }
        >
          <input list="models" value={form.model} spellcheck={false} autocomplete="off" onInput={set('model')} />
        </Field>
        <Field
          label="Allowed models"
          hint={isGlobal ? 'One a line. Empty: all.' : 'One a line. Empty: those that are allowed without a purpose.'}
        >
          <textarea rows={3} value={form.models} spellcheck={false} onInput={set('models')} />
        </Field>
        <Field label="Blocked models" hint="One a line. They are never used.">
          <textarea rows={2} value={form.blocked} spellcheck={false} onInput={set('blocked')} />
        </Field>
        <EditTrouble {...edit} />
        <Actions submit="Save" isBusy={edit.isBusy} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

/** null: nothing is there. */
function linesOf(text: string): string[] | null {
  const lines = text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.length === 0 ? null : [...new Set(lines)];
}
