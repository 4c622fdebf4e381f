import { distance } from 'fastest-levenshtein';

/** The candidate that `name` was most likely meant to be, or undefined where none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    const hasNothingInCommon = edits >= Math.max(name.length, candidate.length);
    if (edits < least && !hasNothingInCommon) {
      best = candidate;
      least = edits;
    }
  }
  return best;
}
