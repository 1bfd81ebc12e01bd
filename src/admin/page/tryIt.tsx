import { useState } from 'preact/hooks';
import type { Explained } from '../shapes.ts';
import { Explanation } from './explanation.tsx';
import { Field } from './parts.tsx';
import { Read } from './read.tsx';
import { useData } from './useData.ts';

/** Asks what a prompt would do. Nothing is sent. */
export function TryIt({ purposes, revision }: { readonly purposes: readonly string[]; readonly revision: number }) {
  const [form, setForm] = useState({ purpose: '', actor: '', model: '' });
  const [asked, setAsked] = useState<typeof form>();
  const set = (member: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [member]: event.currentTarget.value });
  return (
    <section class="card" aria-label="What would a prompt do?">
      <h2>What would a prompt do?</h2>
      <p class="hint">It is worked out as for a real one. Nothing is sent and nothing is spent.</p>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked({ ...form });
        }}
      >
        <Field label="Purpose">
          <select value={form.purpose} onChange={set('purpose')}>
            <option value="">none</option>
            {purposes.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Actor">
          <input value={form.actor} placeholder="nobody" onInput={set('actor')} />
        </Field>
        <Field label="Model">
          <input
            list="models"
            value={form.model}
            placeholder="the usual one"
            spellcheck={false}
            autocomplete="off"
            onInput={set('model')}
          />
        </Field>
        <button type="submit" class="primary">
          Explain
        </button>
      </form>
      {asked && <Asked asked={asked} revision={revision} />}
    </section>
  );
}

function Asked({ asked, revision }: { readonly asked: Readonly<Record<string, string>>; readonly revision: number }) {
  const read = useData<Explained>('api/explain', asked, revision);
  return <Read {...read}>{(told) => <Explanation told={told} purpose={asked['purpose'] || undefined} />}</Read>;
}
