/** Remembers on which line each of very many keys was first seen, in 12 bytes and some room a key. */
export interface LineTable {
  /** The line of the first call with this key; undefined when this is the first. */
  claim(key: string, line: number): number | undefined;
}

const FIRST_CAPACITY = 1024;
const GROWTH = 1.6;
const FULL = 0.75;
/** Two halves of the key's hash and the line; a line of 0 marks a free slot. */
const SLOT = 3;

/**
 * Keys are told apart by 64 bits of hash: among a million keys, two different ones are taken for one with a
 * probability of 3 in 10^8.
 */
export function createLineTable(): LineTable {
  let capacity = FIRST_CAPACITY;
  let slots = new Uint32Array(capacity * SLOT);
  let used = 0;

  function grow(): void {
    const old = slots;
    capacity = Math.ceil(capacity * GROWTH);
    slots = new Uint32Array(capacity * SLOT);
    for (let at = 0; at < old.length; at += SLOT) {
      const line = old[at + 2] ?? 0;
      if (line !== 0) put(find(old[at] ?? 0, old[at + 1] ?? 0), old[at] ?? 0, old[at + 1] ?? 0, line);
    }
  }

  /** Place of the key's slot, or of the free one where it belongs. */
  function find(high: number, low: number): number {
    let at = (low % capacity) * SLOT;
    while (slots[at + 2] !== 0 && (slots[at] !== high || slots[at + 1] !== low)) {
      at += SLOT;
      if (at === slots.length) at = 0;
    }
    return at;
  }

  function put(at: number, high: number, low: number, line: number): void {
    slots[at] = high;
    slots[at + 1] = low;
    slots[at + 2] = line;
  }

  return {
    claim(key, line) {
      const high = hash(key, 0x9e3779b1, 0x85ebca6b);
      const low = hash(key, 0x7f4a7c15, 0xc2b2ae35);
      const at = find(high, low);
      const seen = slots[at + 2] ?? 0;
      if (seen !== 0) return seen;
      put(at, high, low, line);
      used++;
      if (used > capacity * FULL) grow();
      return undefined;
    },
  };
}

/** 32 bits from a string: multiply and rotate for each character, then spread every bit over the word. */
function hash(text: string, seed: number, multiplier: number): number {
  let state = seed ^ text.length;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), multiplier);
    state = (state << 13) | (state >>> 19);
  }
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b);
  return (state ^ (state >>> 16)) >>> 0;
}
