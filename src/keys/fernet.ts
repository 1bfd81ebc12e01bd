import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Fernet {
  /** A token of version 0x80: base64url, with padding. `iv` is 16 bytes and is for test vectors alone. */
  encrypt(plain: Uint8Array | string, options?: { now?: Date; iv?: Uint8Array }): string;
  /**
   * The bytes that were encrypted. A token may have any age, unless `maxAgeSeconds` is given; then it may be a minute from the
   * future, too. Throws a FernetError.
   */
  decrypt(token: string | Uint8Array, options?: { maxAgeSeconds?: number; now?: Date }): Buffer;
}

/**
 * badKey: not a key at all. badToken: not a token at all. wrongKey: made with another key, or changed since, or damaged inside.
 * expired: older than `maxAgeSeconds`, or from the future.
 */
export type FernetProblem = 'badKey' | 'badToken' | 'wrongKey' | 'expired';

/** Its message quotes neither the key nor the token. */
export class FernetError extends Error {
  override readonly name = 'FernetError';
  readonly problem: FernetProblem;

  constructor(problem: FernetProblem) {
    super(messages[problem]);
    this.problem = problem;
  }
}

const messages: Readonly<Record<FernetProblem, string>> = {
  badKey: 'Expected an encryption key: 32 bytes in base64url, 44 characters, as `llm-sidecar secrets generate-key` makes one.',
  badToken: 'This is not an encrypted value, or a part of it is missing.',
  wrongKey: 'This value was encrypted with another key, or was changed since.',
  expired: 'This value was encrypted too long ago, or in the future.',
};

/** https://github.com/fernet/spec, version 0x80, as `cryptography.fernet.Fernet` of Python. Throws a FernetError. behaviour 9.1. */
export function createFernet(key: string): Fernet {
  const bytes = keyBytes(key);
  if (bytes === null) throw new FernetError('badKey');
  const [signingKey, encryptionKey] = [bytes.subarray(0, 16), bytes.subarray(16)];
  const signatureOf = (signed: Uint8Array): Buffer => createHmac('sha256', signingKey).update(signed).digest();

  return {
    encrypt(plain, { now = new Date(), iv = randomBytes(16) } = {}) {
      const head = Buffer.alloc(9);
      head[0] = version;
      head.writeBigUInt64BE(seconds(now), 1);
      const cipher = createCipheriv('aes-128-cbc', encryptionKey, iv);
      const signed = Buffer.concat([head, iv, cipher.update(Buffer.from(plain)), cipher.final()]);
      return toText(Buffer.concat([signed, signatureOf(signed)]));
    },

    decrypt(token, { maxAgeSeconds, now = new Date() } = {}) {
      const bytes = tokenBytes(token);
      const signed = bytes.subarray(0, -signatureLength);
      if (!timingSafeEqual(signatureOf(signed), bytes.subarray(-signatureLength))) throw new FernetError('wrongKey');
      if (maxAgeSeconds !== undefined) {
        const age = Number(seconds(now) - signed.readBigUInt64BE(1));
        if (age > maxAgeSeconds || age < -clockSkewSeconds) throw new FernetError('expired');
      }
      const decipher = createDecipheriv('aes-128-cbc', encryptionKey, signed.subarray(9, headLength));
      try {
        return Buffer.concat([decipher.update(signed.subarray(headLength)), decipher.final()]);
      } catch {
        throw new FernetError('wrongKey');
      }
    },
  };
}

export function generateFernetKey(): string {
  return toText(randomBytes(32));
}

export function isFernetKey(text: string): boolean {
  return keyBytes(text) !== null;
}

const version = 0x80;
const headLength = 1 + 8 + 16;
const blockLength = 16;
const signatureLength = 32;
const clockSkewSeconds = 60;

/** In both alphabets, and padded or not: what Python takes, and what people make of it when they copy it. */
function keyBytes(key: string): Buffer | null {
  const text = key.trim();
  return /^[\w+/-]{43}=*$/.test(text) ? Buffer.from(text, 'base64') : null;
}

/** One way to write each token: every other text is refused, even where it would mean the same bytes. */
function tokenBytes(token: string | Uint8Array): Buffer {
  const text = typeof token === 'string' ? token : Buffer.from(token).toString('latin1');
  const bytes = Buffer.from(text, 'base64url');
  const encrypted = bytes.length - headLength - signatureLength;
  if (toText(bytes) !== text || bytes[0] !== version || encrypted < blockLength || encrypted % blockLength !== 0)
    throw new FernetError('badToken');
  return bytes;
}

function toText(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function seconds(time: Date): bigint {
  return BigInt(Math.floor(time.getTime() / 1000));
}
