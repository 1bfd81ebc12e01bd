import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { createFernet, FernetError, generateFernetKey, isFernetKey } from '../../src/keys/fernet.ts';

/** The vectors of https://github.com/fernet/spec: generate.json, verify.json and invalid.json, for version 0x80. */
const vectorKey = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const vectorToken = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';

describe("the specification's vectors", () => {
  test('generate.json', () => {
    const iv = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    expect(createFernet(vectorKey).encrypt('hello', { now: new Date('1985-10-26T01:20:00-07:00'), iv })).toBe(vectorToken);
  });

  test('verify.json', () => {
    const options = { maxAgeSeconds: 60, now: new Date('1985-10-26T01:20:01-07:00') };
    expect(createFernet(vectorKey).decrypt(vectorToken, options).toString()).toBe('hello');
  });

  test.each<[description: string, token: string, problem: string, now?: string]>([
    ['incorrect mac', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==', 'wrongKey'],
    ['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==', 'badToken'],
    ['invalid base64', '%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==', 'badToken'],
    [
      'payload size not multiple of block size',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm',
      'badToken',
    ],
    [
      'payload padding error',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==',
      'wrongKey',
    ],
    [
      'far-future TS (unacceptable clock skew)',
      'gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==',
      'expired',
    ],
    [
      'expired TTL',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
      'expired',
      '1985-10-26T01:21:31-07:00',
    ],
    [
      'incorrect IV (causes padding error)',
      'gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==',
      'wrongKey',
    ],
    ['trailing characters after b64 padding', `${vectorToken}trailingdata`, 'badToken'],
    [
      'invalid characters in b64',
      '*gAAAAAAdwJ6wAAECAwQFBgcI!CQoLDA0ODy021?cpGVWKZ_eEwC@GM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
      'badToken',
    ],
    [
      'invalid non-urlsafe characters in b64',
      'gAAAAAAdwJ6wAAEC/AwQFBgcICQoLDA0ODy+021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
      'badToken',
    ],
  ])('invalid.json: %s', (_, token, problem, now = '1985-10-26T01:20:01-07:00') => {
    expect(problemOf(() => createFernet(vectorKey).decrypt(token, { maxAgeSeconds: 60, now: new Date(now) }))).toBe(problem);
  });
});

/** Made by `cryptography` 48.0.0: `Fernet(key).encrypt_at_time(text.encode(), 1750000000)`. */
const pythonKey = 'yMnKy8zNzs_Q0dLT1NXW19jZ2tvc3d7f4OHi4-Tl5uc=';
const pythonTokens: [text: string, token: string][] = [
  ['', 'gAAAAABoTuGA2riM4Qorg6bDENrfT7gJbqN28h7FKtegUnfZraFVial233jC4iGlYo3TN9bXGL7pbg4gvFeuLGaQhfbyxmdMQQ=='],
  [
    'sk-canary-1234567890',
    'gAAAAABoTuGAzIny1LMt69_6YEfeoCD8vyIPPvVEzMEOhftwbhyET26wdGT2V9tCIOU51yCT75TJW8slX21Empy70n1XFYhfexa36_CyM3RF_qJRq5e-BgQ=',
  ],
  [
    'sixteen bytes ab',
    'gAAAAABoTuGAbTw9ENQhmZuKWpnWccaobBmWWiSdteKBs1uzvczJl44Wu5qG92YaxIlYMifdFmjtbsSfsf9xXcskp_3lfd0Rfy0j3KpYeUQaMLSno1q7Qbk=',
  ],
  [
    'grün 東京 🚀',
    'gAAAAABoTuGAwFi7zCOALtfmGVyWg3M9n7g0hh0bOG69YRlruv3JaHP615_0afR3VdXOy74xfETDllsQu9PCsYG7w8xFoGrVx9nkaU8ZEHCrRMLHiz6dLBY=',
  ],
  [
    'x'.repeat(100),
    'gAAAAABoTuGARD_uM1MwlZ6kV3BeM6dMVGbj8qgmAF-ML_ghQH-uHsGqXP04RuIhNxuZVWfPO1MUPERi1G_1Z2qZBcSmpj6oJ4YJSFugf36z77qmZgIDJ-7s2NWtJzlxngs3wsEnEG4EVu7IyyjQ4WsrMTPn_uVU_xkCDYOYmAp1kHOj5feNdBr6u4gJ6VajzNLUZfEoDyMI9HyU0IxoNSXucM9jYFa_5A==',
  ],
];

describe('tokens of Python', () => {
  test.each(pythonTokens)('%j is read, and written to the byte', (text, token) => {
    const fernet = createFernet(pythonKey);
    expect(fernet.decrypt(token).toString()).toBe(text);
    // SQLite gives the column as bytes.
    expect(fernet.decrypt(new TextEncoder().encode(token)).toString()).toBe(text);
    const iv = Buffer.from(token, 'base64url').subarray(9, 25);
    expect(fernet.encrypt(text, { iv, now: new Date(1_750_000_000_999) })).toBe(token);
  });

  const hasPython = spawnSync('python3', ['-c', 'import cryptography.fernet']).status === 0;
  if (!hasPython) console.warn('SKIPPED: tokens to and from a live Python, because there is no python3 with cryptography on this machine');

  test.skipIf(!hasPython)('to and from a live Python, with its keys and with ours', () => {
    const texts = ['', 'sk-live', 'grün 東京 🚀', 'y'.repeat(5000)];
    const key = generateFernetKey();
    const ours = createFernet(key);
    const theirs = python({ key, tokens: texts.map((text) => ours.encrypt(text)), texts });
    expect(theirs.texts).toEqual(texts);
    expect(theirs.tokens.map((token) => ours.decrypt(token).toString())).toEqual(texts);
    expect(isFernetKey(theirs.newKey)).toBe(true);
    expect(createFernet(theirs.newKey).decrypt(theirs.tokenOfNewKey).toString()).toBe('by a new key');
  });
});

test('a token has a time and an iv of its own', () => {
  const fernet = createFernet(generateFernetKey());
  const before = Math.floor(Date.now() / 1000);
  const [one, two] = [Buffer.from(fernet.encrypt('same'), 'base64url'), Buffer.from(fernet.encrypt('same'), 'base64url')];
  expect(one.subarray(9, 25)).not.toEqual(two.subarray(9, 25));
  expect(Number(one.readBigUInt64BE(1)) - before).toBeLessThan(60);
  expect(Number(one.readBigUInt64BE(1))).toBeGreaterThanOrEqual(before);
});

test('a token may have any age, and be from the future, unless maxAgeSeconds is given', () => {
  const fernet = createFernet(pythonKey);
  const at = (time: string): string => fernet.encrypt('x', { now: new Date(time) });
  const now = new Date('2026-01-01T00:01:00Z');
  for (const time of ['1970-01-01T00:00:00Z', '9999-01-01T00:00:00Z']) expect(fernet.decrypt(at(time), { now }).toString()).toBe('x');
  const outcomes = ['2026-01-01T00:00:29Z', '2026-01-01T00:00:30Z', '2026-01-01T00:02:00Z', '2026-01-01T00:02:01Z'].map((time) =>
    problemOf(() => fernet.decrypt(at(time), { now, maxAgeSeconds: 30 })),
  );
  expect(outcomes).toEqual(['expired', undefined, undefined, 'expired']);
});

describe('keys', () => {
  const standard = pythonKey.replaceAll('-', '+').replaceAll('_', '/');

  test.each<[what: string, key: string]>([
    ['as it is made', pythonKey],
    ['without padding', pythonKey.replace('=', '')],
    ['in the standard alphabet', standard],
    ['in the standard alphabet without padding', standard.replace('=', '')],
    ['with more padding, which Python takes', `${pythonKey}=`],
    ['with the line break of a file', `${pythonKey}\r\n`],
  ])('%s', (_, key) => {
    expect(isFernetKey(key)).toBe(true);
    expect(createFernet(key).decrypt(pythonTokens[1]![1]).toString()).toBe('sk-canary-1234567890');
  });

  test.each<[what: string, key: string]>([
    ['empty', ''],
    ['31 bytes', Buffer.alloc(31, 1).toString('base64url')],
    ['33 bytes', Buffer.alloc(33, 1).toString('base64url')],
    ['hexadecimal', Buffer.alloc(32, 1).toString('hex')],
    ['another alphabet', pythonKey.replace('_', '~')],
    ['in two lines', `${pythonKey.slice(0, 20)}\n${pythonKey.slice(20)}`],
    ['padding inside', `${pythonKey.slice(0, 20)}=${pythonKey.slice(21)}`],
  ])('refused: %s', (_, key) => {
    expect(isFernetKey(key)).toBe(false);
    const error = thrownBy(() => createFernet(key));
    expect(error).toBeInstanceOf(FernetError);
    expect(error).toMatchObject({
      problem: 'badKey',
      message: 'Expected an encryption key: 32 bytes in base64url, 44 characters, as `llm-sidecar secrets generate-key` makes one.',
    });
  });

  test('are made at random', () => {
    const keys = Array.from({ length: 100 }, generateFernetKey);
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}=$/);
  });
});

describe('laws', () => {
  const fernet = createFernet(pythonKey);
  const bytes = fc.uint8Array({ maxLength: 200 });

  test('what is encrypted is decrypted', () => {
    const texts = fc.string({ unit: 'binary' });
    const holds = fc.property(bytes, texts, (plain, text) => {
      expect(new Uint8Array(fernet.decrypt(fernet.encrypt(plain)))).toEqual(plain);
      expect(fernet.decrypt(fernet.encrypt(text)).toString()).toBe(text);
    });
    fc.assert(holds);
  });

  test('by another key it is not', () => {
    fc.assert(
      fc.property(bytes, (plain) => {
        const token = createFernet(generateFernetKey()).encrypt(plain);
        expect(problemOf(() => fernet.decrypt(token))).toBe('wrongKey');
      }),
    );
  });

  test('any byte that is changed makes it worthless', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, place, change) => {
        const changed = Buffer.from(fernet.encrypt(plain), 'base64url');
        changed[place % changed.length]! ^= change;
        const token = changed.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
        expect(['wrongKey', 'badToken']).toContain(problemOf(() => fernet.decrypt(token)));
      }),
    );
  });

  test('any character that is changed, added or left out makes it worthless, the last one and the padding too', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \n';
    for (const [, token] of [...pythonTokens.slice(0, 2), ['', vectorToken] as const]) {
      const wrong: string[] = [];
      for (let place = 0; place <= token.length; place++) {
        wrong.push(`${token.slice(0, place)}A${token.slice(place)}`, token.slice(0, place) + token.slice(place + 1));
        for (const other of alphabet) wrong.push(token.slice(0, place) + other + token.slice(place + 1));
      }
      const accepted = wrong.filter((text) => text !== token && problemOf(() => fernet.decrypt(text)) === undefined);
      expect(accepted).toEqual([]);
    }
  });
});

test('no error quotes the key or the token', () => {
  const text = thrownBy(() => createFernet(pythonKey).decrypt(vectorToken));
  const key = thrownBy(() => createFernet(`${pythonKey.slice(0, 30)}!`));
  for (const error of [text, key]) {
    expect(error).toBeInstanceOf(FernetError);
    const said = `${(error as Error).message} ${(error as Error).stack?.split('\n')[0]} ${JSON.stringify(error)}`;
    expect(said).not.toContain(pythonKey.slice(0, 8));
    expect(said).not.toContain(vectorToken.slice(0, 8));
  }
});

function python(input: { key: string; tokens: string[]; texts: string[] }) {
  const script = `
import json, sys
from cryptography.fernet import Fernet
given = json.load(sys.stdin)
fernet = Fernet(given["key"])
new_key = Fernet.generate_key().decode()
json.dump({
    "texts": [fernet.decrypt(token).decode() for token in given["tokens"]],
    "tokens": [fernet.encrypt(text.encode()).decode() for text in given["texts"]],
    "newKey": new_key,
    "tokenOfNewKey": Fernet(new_key).encrypt(b"by a new key").decode(),
}, sys.stdout)
`;
  const { stdout, stderr, status } = spawnSync('python3', ['-c', script], { input: JSON.stringify(input), encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as { texts: string[]; tokens: string[]; newKey: string; tokenOfNewKey: string };
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** undefined: none. What is thrown besides is a defect. */
function problemOf(run: () => unknown): string | undefined {
  const error = thrownBy(run);
  if (error === undefined) return undefined;
  expect(error).toBeInstanceOf(FernetError);
  return (error as FernetError).problem;
}
