import { cloneElement, type ComponentChildren, type VNode } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { dollars } from './format.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'plain';

export function Money({
  usd,
  isEstimated = false,
  decimals,
}: {
  readonly usd: string | null;
  readonly isEstimated?: boolean;
  readonly decimals?: number | undefined;
}) {
  if (usd === null)
    return (
      <span class="muted" title="The price is not known">
        unknown
      </span>
    );
  return (
    <span class="money" title={`${usd} USD${isEstimated ? ', estimated' : ''}`}>
      {isEstimated && '~'}
      {dollars(usd, decimals)}
    </span>
  );
}

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** What is to be known before anything else. `bad` is read out at once. */
export function Notice({ tone, title, children }: { readonly tone: Tone; readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'note'}>
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function Failed({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  return (
    <Notice tone="bad" title="That did not work.">
      <p>{error.message}</p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </Notice>
  );
}

/** In place of what is not there: what it would be, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Escape and Cancel close it; the focus goes back to where it was. */
export function Dialog({
  title,
  wide = false,
  onClose,
  children,
}: {
  readonly title: string;
  readonly wide?: boolean;
  onClose(): void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('form :is(input, select, textarea, button)')?.focus();
    return () => {
      const back = before instanceof HTMLElement && before.isConnected ? before : document.querySelector<HTMLElement>('#main');
      back?.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class={wide ? 'wide' : ''} aria-labelledby={id} onClose={onClose}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      {children}
    </dialog>
  );
}

/** The buttons at the end of a form in a dialog. */
export function Actions({
  submit,
  isBusy,
  onCancel,
  tone = 'primary',
}: {
  readonly submit: string;
  readonly isBusy: boolean;
  onCancel(): void;
  readonly tone?: 'primary' | 'danger';
}) {
  return (
    <div class="actions">
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
      <button type="submit" class={tone} disabled={isBusy}>
        {isBusy ? 'One moment…' : submit}
      </button>
    </div>
  );
}

/** A label and what it is of, which the hint describes. */
export function Field({ label, hint, children }: { readonly label: string; readonly hint?: string; readonly children: VNode }) {
  const id = useId();
  return (
    <div class="field">
      <label class="field">
        <span class="label">{label}</span>
        {hint === undefined ? children : cloneElement(children, { 'aria-describedby': id })}
      </label>
      {hint !== undefined && (
        <span id={id} class="hint">
          {hint}
        </span>
      )}
    </div>
  );
}

/** One of a few: arrow keys choose, as in any group of radio buttons. */
export function Choice<Value extends string>({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly (readonly [Value, string])[];
  readonly value: Value;
  onChange(value: Value): void;
}) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class="unseen">{label}</legend>
      {options.map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={name} value={option} checked={option === value} onChange={() => onChange(option)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
