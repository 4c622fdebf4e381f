import { describe, expect, it } from 'vitest';
import { createSealer } from '../src/seal.ts';

describe('createSealer', () => {
  it('opens what it sealed, and seals the same secret differently each time', () => {
    const sealer = createSealer();
    const sealed = [sealer.seal('tök-1'), sealer.seal('tök-1')] as const;

    expect(sealed.map((bytes) => sealer.open(bytes))).toEqual(['tök-1', 'tök-1']);
    expect(Buffer.compare(sealed[0], sealed[1])).not.toBe(0);
    expect(Buffer.from(sealed[0]).includes('tök-1')).toBe(false);
  });

  it('cannot open what another process sealed', () => {
    const sealed = createSealer().seal('tok-1');

    expect(() => createSealer().open(sealed)).toThrow();
  });
});
