import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { createRedactor, type Redactor } from '../../src/keys/redact.ts';
import { secretsIn, secretVariable } from '../../src/keys/envSecrets.ts';
import { cleanHead, secretPattern } from '../../src/lib/secretPattern.ts';
import { logLines } from '../../src/tools/logLines.ts';

function knowing(...values: string[]): Redactor {
  const redactor = createRedactor();
  for (const value of values) redactor.learn(value);
  return redactor;
}

describe('4.5 a redactor', () => {
  const key = 'sk-canary/1+2="x"';
  const redactor = knowing(key, 'sk-canary', 'sk-canary-longer', 'short', 'k3y-1');

  test.each([
    ['as it is', `Bearer ${key}.`, 'Bearer ***.'],
    ['more than once', `${key} ${key}`, '*** ***'],
    ['in a URL', `https://example.com/?key=${encodeURIComponent(key)}&a=b`, 'https://example.com/?key=***&a=b'],
    ['in a URL, only in part escaped', `https://example.com/?key=${encodeURI(key)}`, 'https://example.com/?key=***'],
    ['in a URL, all of it escaped', `%73%6b%2D%63anary %73%6b%2d%63%61%6e%61%72%79`, '%73%6b%2D%63anary ***'],
    ['in a form', new URLSearchParams({ key }).toString(), 'key=***'],
    ['in JSON', JSON.stringify({ key }), '{"key":"***"}'],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ key })), String.raw`"{\"key\":\"***\"}"`],
    ['in JSON, as PHP and Python write it', String.raw`"sk\u002Dcanary\/1+2=\"x\""`, '"***"'],
    ['in HTML', '<p>sk-canary/1+2=&quot;x&#34;</p>', '<p>***</p>'],
    ['in base64', Buffer.from(key).toString('base64'), '***'],
    ['in base64 for URLs', Buffer.from(key).toString('base64url'), '***'],
    ['in hexadecimal', Buffer.from(key).toString('hex'), '***'],
    ['in the other case, as in the name of a host', 'https://SK-CANARY-LONGER.example.com', 'https://***.example.com'],
    ['one that begins another', 'sk-canary-longer sk-canary', '*** ***'],
    ['a short one, as a word of its own', 'key k3y-1, (k3y-1)', 'key ***, (***)'],
    ['a short one, within a word', 'k3y-12 xk3y-1', 'k3y-12 xk3y-1'],
    ['a short word that any text has', 'a short text', 'a short text'],
    ['nothing to hide', 'all is well', 'all is well'],
  ])('%s', (_what, text, expected) => {
    expect(redactor.redact(text)).toBe(expected);
  });

  const long = 'sk-proj-AbCdEfGh0123456789zYxW';
  test.each([
    ['masked in the middle', `Incorrect API key provided: sk-proj-*************zYxW.`, 'Incorrect API key provided: ***.'],
    ['masked with dots', 'the key sk-...zYxW is bad', 'the key sk-*** is bad'],
    ['masked with an ellipsis', 'the key sk-proj…', 'the key ***'],
    ['cut at its end', 'the key sk-proj-AbCdEfGh0123456', 'the key ***'],
    ['cut at its beginning', 'the key Gh0123456789zYxW', 'the key ***'],
    ['masked with x', 'the key sk-pxxxxxxxxxxzYxW', 'the key ***'],
    ['the mask of another', 'the key ab****cd', 'the key ab****cd'],
    ['whole, with dots after it', `${long}...`, '***...'],
  ])('a long key %s', (_what, text, expected) => {
    expect(knowing(long).redact(text)).toBe(expected);
  });

  test('in the base64 of more, as in Basic: nothing of it is left but what shares a letter with its neighbours', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'user:'])
      for (const after of ['', 'x', 'xy', 'xyz']) {
        const text = Buffer.from(before + long + after).toString('base64');
        const left = knowing(long).redact(`Basic ${text}`);
        expect(left).toMatch(/^Basic [\w+/]{0,8}\*\*\*[\w+/]{0,6}={0,2}$/);
      }
  });

  test('of several lines, line by line', () => {
    const pem = `-----BEGIN KEY-----\nMIIBOgIBAAJBAKj34GkxFhD9\nAgMBAAECQQCkb2Vh\n-----END KEY-----`;
    const redacted = knowing(pem).redact(`a MIIBOgIBAAJBAKj34GkxFhD9 b\n${pem}\n${JSON.stringify(pem)} -----BEGIN KEY-----`);
    expect(redacted).toBe('a *** b\n***\n"***" -----BEGIN KEY-----');
  });

  test('what people write where no key is needed hides nothing', () => {
    const text = 'lm-studio: the password of ollama is not-needed';
    expect(knowing('lm-studio', 'ollama', 'password', 'not-needed', '1234').redact(text)).toBe(text);
  });

  test('knows nothing at first, and nothing by an empty value', () => {
    expect(createRedactor().redact(key)).toBe(key);
    expect(knowing('', ' ', '\n').redact(` ${key} \n`)).toBe(` ${key} \n`);
  });

  test('keeps the columns where they count', () => {
    expect(redactor.mask('key: sk-canary # here')).toBe('key: ********* # here');
  });

  test('JSON: names, values and numbers, deep; what holds no secret is the same object', () => {
    const innocent = { a: [1, true, null, 'text'], b: { c: 'd' } };
    const value = { 'sk-canary': 1, list: [{ text: `a ${key}` }, 12_345_678_901, '__proto__'], innocent };
    const redacted = knowing(key, 'sk-canary', '12345678901').redactJson(value);
    expect(redacted).toEqual({ '***': 1, list: [{ text: 'a ***' }, '***', '__proto__'], innocent });
    expect(redacted.innocent).toBe(innocent);
    expect(redactor.redactJson(innocent)).toBe(innocent);
    const hostile = JSON.parse('{"__proto__": {"a": "sk-canary"}}') as object;
    expect(JSON.stringify(redactor.redactJson(hostile))).toBe('{"__proto__":{"a":"***"}}');
  });
});

const secrets = fc.oneof(
  fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' }),
  fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' }),
  fc.stringMatching(/^sk-[\w-]{20,60}$/),
);
const writings: Record<string, (text: string) => string> = {
  plain: (text) => text,
  url: (text) => encodeURIComponent(text.toWellFormed()),
  form: (text) => new URLSearchParams({ a: text.toWellFormed() }).toString().slice(2),
  json: (text) => JSON.stringify(text).slice(1, -1),
  jsonTwice: (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  hex: (text) => Buffer.from(text).toString('hex'),
};

describe('laws', () => {
  test('no secret is left, however it is written and whatever is around it', () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom(...Object.keys(writings)), fc.string(), fc.string(), (secret, way, before, after) => {
        const trimmed = secret.trim();
        fc.pre(trimmed.length >= 8 && trimmed === trimmed.toWellFormed());
        const written = writings[way]!(trimmed);
        expect(knowing(trimmed).redact(`${before} ${written} ${after}`)).not.toContain(written);
      }),
      { numRuns: 500 },
    );
  });

  test('text without a secret is left as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^sk-[a-z0-9]{20,60}$/), { maxLength: 5 }), fc.string({ unit: 'grapheme' }), (known, text) => {
        expect(knowing(...known).redact(text)).toBe(text);
      }),
    );
  });

  test('lines of a server hold no secret, wherever what it writes is cut', async () => {
    const secret = 'canary-0123456789-abcdef';
    const fill = fc.integer({ min: 0, max: 9000 }).map((length) => 'x'.repeat(length));
    const piece = fc.oneof(fc.constant(secret), fill, fc.constant('\n'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 8 }),
        async (pieces, cuts) => {
          const lines: string[] = [];
          const stream = new PassThrough();
          logLines(stream, { log: (line) => lines.push(line), redact: knowing(secret).redact });
          let rest = pieces.join('');
          for (const cut of cuts) {
            stream.write(rest.slice(0, cut));
            rest = rest.slice(cut);
          }
          stream.end(rest);
          await new Promise((resolve) => stream.on('end', resolve));
          const logged = lines.join('');
          expect(logged).not.toMatch(/canary|abcdef/);
          expect(lines.every((line) => line.length <= 4000)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the head of a text holds no part of a secret that is cut', () => {
    const secret = 'canary-0123456789-abcdef';
    const pattern = secretPattern([secret]);
    for (let shift = 0; shift < 30; shift += 1)
      for (const text of [secret.repeat(1000), `${'x'.repeat(480)}${secret}`, `${'x'.repeat(4100)}${secret}`, `${secret} `.repeat(500)]) {
        const head = cleanHead('z'.repeat(shift) + text, pattern, { length: 500, put: '[key]' });
        expect(head.length).toBeLessThanOrEqual(500);
        expect(head).not.toMatch(/canary|0123|abcdef/);
      }
  });
});

test('it costs little where there is nothing to find, and no text takes for ever', { timeout: 120_000 }, () => {
  const redactor = knowing(...Array.from({ length: 50 }, (_, index) => `sk-proj-${String(index).padStart(40, 'aB3')}`));
  const line = 'mcp server files: started with the folder /home/someone/projects and 42 tools. '.repeat(4);
  redactor.redact(line);
  // Of this thread: others on the machine cost time, too.
  const started = process.threadCpuUsage();
  for (let count = 0; count < 10_000; count += 1) redactor.redact(line);
  for (const unit of ['a', 'sk-p', '*', '.', '....aaaa', '\\', '%73', '=', 'sk-proj-aB3', '…', '&#0', '&#00'])
    redactor.redact(unit.repeat(1_000_000 / unit.length));
  const { user, system } = process.threadCpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(10_000);
});

test('variables that hold secrets, by their names', () => {
  const env = { DATASETTE_SECRETS_A: 'one', DATASETTE_SECRETS_B: ' ', OPENAI_API_KEY: 'two\n', OTHER: 'three', PATH: 'four' };
  expect(secretsIn(env, ['OPENAI_API_KEY', 'GEMINI_API_KEY'])).toEqual(['one', 'two']);
});

test.each([
  ['openai_api_key', 'DATASETTE_SECRETS_OPENAI_API_KEY'],
  ['Team A/1', 'DATASETTE_SECRETS_TEAM_A_1'],
  ['schlüssel', 'DATASETTE_SECRETS_SCHL_SSEL'],
])('4.2 the variable of the secret %s', (name, variable) => {
  expect(secretVariable(name)).toBe(variable);
});
