import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Hides secrets on their way through the ledger (AES-256-GCM). The key never leaves memory: once this process
 * ends, what it sealed can be read by nobody, and the book has to be read again.
 */
export interface Sealer {
  seal(secret: string): Uint8Array;
  /** @throws Error when the bytes were sealed under another key */
  open(sealed: Uint8Array): string;
}

export function createSealer(key: Uint8Array = randomBytes(32)): Sealer {
  return {
    seal(secret) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      return Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const body = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    },
  };
}
