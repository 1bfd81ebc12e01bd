import { useState } from 'preact/hooks';
import type { ListedSecret, SecretsState } from '../shapes.ts';
import { day, plural } from './format.ts';
import type { ViewProps } from './page.tsx';
import { Badge, Notice } from './parts.tsx';
import { Read } from './read.tsx';
import { ConfirmSecret, SetSecret, type Confirm } from './secretDialogs.tsx';
import { Table, type Column } from './table.tsx';
import { useData } from './useData.ts';

type Open = { readonly what: 'set'; readonly secret: ListedSecret | undefined } | { readonly what: 'confirm'; readonly confirm: Confirm };

export function SecretsView({ live, tell }: ViewProps) {
  const read = useData<SecretsState>('api/secrets', {}, live.revision);
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const done = (text: string): void => {
    close();
    tell(text);
    read.reload();
  };
  return (
    <>
      <p class="lead">A value is encrypted and goes to its provider alone. It is never shown, here or elsewhere.</p>
      <Read {...read}>
        {({ secrets, store }) => {
          const inStore = secrets.filter(({ version }) => version !== undefined).length;
          return (
            <>
              {store.state !== 'on' && <StoreTrouble store={store} />}
              {store.state === 'on' && (
                <div class="tools">
                  <button type="button" class="primary" onClick={() => setOpen({ what: 'set', secret: undefined })}>
                    Add a secret
                  </button>
                  {inStore > 0 && (
                    <button type="button" onClick={() => setOpen({ what: 'confirm', confirm: { action: 'rotate' } })}>
                      Rotate the encryption key
                    </button>
                  )}
                  <span class="muted">{plural(inStore, 'secret')} in the store</span>
                </div>
              )}
              <section class="card">
                <Table
                  caption="Secrets"
                  columns={columns(store.state === 'on', setOpen)}
                  rows={inOrder(secrets)}
                  keyOf={({ name }) => name}
                />
              </section>
            </>
          );
        }}
      </Read>
      {open?.what === 'set' && <SetSecret secret={open.secret} onClose={close} onDone={done} />}
      {open?.what === 'confirm' && <ConfirmSecret confirm={open.confirm} onClose={close} onDone={done} />}
    </>
  );
}

function StoreTrouble({ store: { state, message } }: Pick<SecretsState, 'store'>) {
  return (
    <Notice
      tone={state === 'off' ? 'warn' : 'bad'}
      title={state === 'off' ? 'The store of secrets is off.' : 'The store of secrets cannot be used.'}
    >
      <p>{message}</p>
      {state === 'off' && (
        <>
          <p>This makes a key in a file that only you may read, and prints what to put into the configuration:</p>
          <pre>llm-sidecar secrets generate-key --file secrets.key</pre>
        </>
      )}
    </Notice>
  );
}

/** Those that have a value first. */
function inOrder(secrets: readonly ListedSecret[]): ListedSecret[] {
  const rank = ({ state, elsewhere }: ListedSecret): number => (state !== 'unset' ? 0 : elsewhere.length > 0 ? 1 : 2);
  return secrets.toSorted((a, b) => rank(a) - rank(b));
}

function columns(isOn: boolean, onOpen: (open: Open) => void): Column<ListedSecret>[] {
  return [
    {
      title: 'Secret',
      isPlain: true,
      cell: ({ name, description, note }) => (
        <>
          <strong class="code">{name}</strong>
          {(note ?? description) && <div class="hint">{note ?? description}</div>}
        </>
      ),
    },
    { title: 'Where', cell: (secret) => <Where secret={secret} /> },
    { title: 'Version', isNumber: true, cell: ({ version }) => version },
    {
      title: 'Changed',
      cell: ({ updatedAt, updatedBy }) => (updatedAt ? `${day(updatedAt)}${updatedBy ? ` by ${updatedBy}` : ''}` : null),
    },
    { title: 'Used', cell: ({ lastUsedAt }) => (lastUsedAt ? day(lastUsedAt) : null) },
    {
      title: 'Actions',
      hasHiddenTitle: true,
      isPlain: true,
      cell: (secret) => <Buttons secret={secret} isOn={isOn} onOpen={onOpen} />,
    },
  ];
}

function Where({ secret: { state, version, variable, elsewhere, obtainUrl } }: { readonly secret: ListedSecret }) {
  if (state === 'environment')
    return (
      <>
        <Badge tone="ok">environment</Badge>
        <div class="hint">
          {variable}
          {version !== undefined && ', which comes before the one in the store'}
        </div>
      </>
    );
  if (state === 'set') return <Badge tone="ok">store</Badge>;
  if (elsewhere.length > 0) return <Badge tone="plain">{elsewhere.join(', ')}</Badge>;
  return (
    <>
      <Badge tone="plain">not set</Badge>
      {obtainUrl && (
        <div>
          <a href={obtainUrl} target="_blank" rel="noopener noreferrer">
            Get one<span class="unseen"> at {obtainUrl}, in another tab</span>
          </a>
        </div>
      )}
    </>
  );
}

function Buttons({ secret, isOn, onOpen }: { readonly secret: ListedSecret; readonly isOn: boolean; onOpen(open: Open): void }) {
  const { name, version } = secret;
  const confirm = (action: 'delete' | 'rollback') => (): void => onOpen({ what: 'confirm', confirm: { action, name } });
  const label = <span class="unseen"> {name}</span>;
  return (
    <div class="buttons">
      <button type="button" disabled={!isOn} onClick={() => onOpen({ what: 'set', secret })}>
        {version === undefined ? 'Set' : 'Replace'}
        {label}
      </button>
      {version !== undefined && version > 1 && (
        <button type="button" class="quiet" onClick={confirm('rollback')}>
          Roll back{label}
        </button>
      )}
      {version !== undefined && (
        <button type="button" class="quiet bad" onClick={confirm('delete')}>
          Delete{label}
        </button>
      )}
    </div>
  );
}
