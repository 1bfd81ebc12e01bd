import { describe, expect, test } from 'vitest';
import { toStorage } from '../../src/config/toStorage.ts';
import { parsed } from './support.ts';

const linux = { env: {}, cwd: '/work', home: '/home/ada', platform: 'linux' } as const;
const kept = { responses: true, content: false, retentionDays: null, conversations: true };
const usual = { ...kept, location: '/home/ada/.local/share/llm-sidecar/llm-sidecar.db' };

const rows: [title: string, yaml: string, expected: object | null][] = [
  ['nothing is configured', '', null],
  ['models alone', 'default_model: echo', null],
  ['history: false', 'history: false', null],
  ['history: true', 'history: true', usual],
  ['history with content', 'history: {content: true, retention_days: 30}', { ...usual, content: true, retentionDays: 30 }],
  ['budgets need their ledger', 'budgets: [{name: all, limit_usd: 1, per: day}]', usual],
  ['budgets keep rows whatever history says', 'history: false\nbudgets: [{name: all, limit_usd: 1, per: day}]', usual],
  ['an empty list of budgets', 'budgets: []', null],
  ['conversations alone', 'conversations: storage', { ...usual, responses: false }],
  ['conversations that are not kept', 'history: true\nconversations: memory', { ...usual, conversations: false }],
  ['a path beside the file', 'storage: data/usage.db', { ...kept, location: '/etc/llm/data/usage.db' }],
  ['a path in the home folder', 'storage: ~/usage.db', { ...kept, location: '/home/ada/usage.db' }],
  ['an absolute path', 'storage: /var/lib/usage.db', { ...kept, location: '/var/lib/usage.db' }],
  ['a server', 'storage: postgres://db.example.com/llm', { ...kept, location: 'postgres://db.example.com/llm' }],
  ['storage without history', 'storage: /var/usage.db\nhistory: false', { ...kept, location: '/var/usage.db', responses: false }],
];

describe('toStorage: what is kept, and where', () => {
  test.each(rows)('%s', (_, yaml, expected) => {
    const settings = toStorage({ ...parsed(yaml), source: '/etc/llm/llm-sidecar.yaml' }, linux);
    const { spillPath, ...rest } = settings ?? { spillPath: '' };
    expect(settings === null ? null : rest).toEqual(expected);
    if (settings) expect(spillPath).toMatch(/^\/home\/ada\/\.local\/share\/llm-sidecar\/unwritten-usage-[0-9a-f]{12}$/);
  });

  test('what waits for one database is not for another, and a new password is no other one', () => {
    const spillPath = (storage: string) => toStorage(parsed(`storage: ${storage}`), linux)?.spillPath;
    expect(spillPath('postgres://me:one@db/llm')).toBe(spillPath('postgres://me:two@db/llm'));
    expect(spillPath('postgres://db/llm')).not.toBe(spillPath('postgres://db/other'));
  });

  test.each([
    ['win32', { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, 'C:\\Users\\ada\\AppData\\Local\\llm-sidecar\\llm-sidecar.db'],
    ['darwin', {}, '/Users/ada/Library/Application Support/llm-sidecar/llm-sidecar.db'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/llm-sidecar/llm-sidecar.db'],
  ] as const)('the usual place on %s', (platform, env, expected) => {
    const home = platform === 'darwin' ? '/Users/ada' : '/home/ada';
    expect(toStorage(parsed('history: true'), { ...linux, platform, env, home })?.location).toBe(expected);
  });
});
