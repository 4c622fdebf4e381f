import type { Settings } from '../config/options.ts';
import type { Cause } from '../model/row-ending.ts';

/** The part of the book that `--limit`, `--only` and `--partner` take. */
export interface Selection {
  /** Why a row is left out; undefined for one that is taken. Call it once a row, in order. */
  leaves(key: string, partner: string | undefined): Cause | undefined;
  /** Notes a row that is taken whatever the flags say: it was begun. */
  keeps(key: string): void;
  /** The keys of `--only` that no row had, as they were given. */
  missing(): readonly string[];
}

/**
 * Keys are compared trimmed and without case: what a person types, and what validation has normalised, is one.
 *
 * @param kept rows that an earlier part of the run took: they count against `--limit`
 */
export function createSelection(settings: Pick<Settings, 'limit' | 'only' | 'partner'>, kept = 0): Selection {
  const only =
    settings.only === undefined ? undefined : new Map(settings.only.map((key) => [folded(key), key]));
  const unseen = new Map(only);
  let taken = kept;
  return {
    leaves(key, partner) {
      const ours = folded(key);
      unseen.delete(ours);
      if (only !== undefined && !only.has(ours)) return leftOut('only', '--only names other rows');
      if (settings.partner !== undefined && partner !== settings.partner) {
        return leftOut('partner', '--partner names another channel partner');
      }
      if (settings.limit !== undefined && taken >= settings.limit) {
        return leftOut('limit', `--limit takes ${settings.limit} rows`);
      }
      taken += 1;
      return undefined;
    },
    keeps(key) {
      unseen.delete(folded(key));
    },
    missing: () => [...unseen.values()],
  };
}

function folded(key: string): string {
  return key.trim().toLowerCase();
}

function leftOut(flag: string, message: string): Cause {
  return {
    code: `left_out.${flag}`,
    message,
    hint: `Left out on purpose; run without --${flag} to take it.`,
  };
}
