/** Remembers on which line each of very many keys was first seen, in 12 bytes and some room a key. */
export interface LineTable {
  /** The line of the first call with this key; undefined when this is the first. */
  claim(key: string, line: number): number | undefined;
}

/** A power of two: so many parts grow one at a time, never the whole table at once. */
const PARTS = 256;
const PART_BITS = 8;
const FIRST_CAPACITY = 8;
const GROWTH = 1.3;
const FULL = 0.75;
/** Two halves of the key's hash and the line; a line of 0 marks a free slot. */
const SLOT = 3;

interface Part {
  slots: Uint32Array;
  used: number;
}

/**
 * Keys are told apart by 64 bits of hash: among a million keys, two different ones are taken for one with a
 * probability of 3 in 10^8.
 */
export function createLineTable(): LineTable {
  const parts: readonly Part[] = Array.from({ length: PARTS }, () => ({
    slots: new Uint32Array(FIRST_CAPACITY * SLOT),
    used: 0,
  }));
  const halves = new Uint32Array(2);
  return {
    claim(key, line) {
      hash(key, halves);
      const high = halves[0] ?? 0;
      const low = halves[1] ?? 0;
      const part = parts[high >>> (32 - PART_BITS)];
      return part === undefined ? undefined : claimIn(part, high, low, line);
    },
  };
}

function claimIn(part: Part, high: number, low: number, line: number): number | undefined {
  const at = find(part.slots, high, low);
  const seen = part.slots[at + 2] ?? 0;
  if (seen !== 0) return seen;
  put(part.slots, at, high, low, line);
  part.used++;
  if (part.used * SLOT > part.slots.length * FULL) part.slots = grown(part.slots);
  return undefined;
}

/** Place of the key's slot, or of the free one where it belongs. */
function find(slots: Uint32Array, high: number, low: number): number {
  let at = (low % (slots.length / SLOT)) * SLOT;
  while (slots[at + 2] !== 0 && (slots[at] !== high || slots[at + 1] !== low)) {
    at += SLOT;
    if (at === slots.length) at = 0;
  }
  return at;
}

function put(slots: Uint32Array, at: number, high: number, low: number, line: number): void {
  slots[at] = high;
  slots[at + 1] = low;
  slots[at + 2] = line;
}

function grown(old: Uint32Array): Uint32Array {
  const slots = new Uint32Array(Math.ceil((old.length / SLOT) * GROWTH) * SLOT);
  for (let at = 0; at < old.length; at += SLOT) {
    const high = old[at] ?? 0;
    const low = old[at + 1] ?? 0;
    const line = old[at + 2] ?? 0;
    if (line !== 0) put(slots, find(slots, high, low), high, low, line);
  }
  return slots;
}

/** Two times 32 bits from a string: multiply and rotate for each character, then spread every bit over its word. */
function hash(text: string, halves: Uint32Array): void {
  let high = 0x9e3779b1 ^ text.length;
  let low = 0x7f4a7c15 ^ text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ unit, 0xc2b2ae35);
    low = (low << 15) | (low >>> 17);
  }
  halves[0] = spread(high);
  halves[1] = spread(low);
}

function spread(word: number): number {
  let state = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b);
  return state ^ (state >>> 16);
}
