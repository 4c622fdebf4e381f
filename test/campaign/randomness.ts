import { aGenerator } from '../book/random.ts';

/** Numbers from 0 up to `below`. */
export type Random = (below: number) => number;

/**
 * One stream of a seed. Streams of one seed have nothing in common, nor have those of seeds that follow each other: what
 * one thing draws more or less changes no other.
 */
export function aStream(seed: number, name: string): Random {
  let mixed = seed >>> 0;
  for (const letter of `${name} `) {
    mixed = Math.imul(mixed ^ (letter.codePointAt(0) ?? 0), 0x9e3779b1) >>> 0;
    mixed = (mixed ^ (mixed >>> 15)) >>> 0;
  }
  return aGenerator(mixed);
}

export function chance(random: Random, percent: number): boolean {
  return random(100) < percent;
}

export function between(random: Random, least: number, most: number): number {
  return least + random(most - least + 1);
}

export function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: random(1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
