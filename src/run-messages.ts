import type { Clock } from './clock.ts';
import { usageFault } from './config/load.ts';
import type { Settings } from './config/options.ts';
import type { Selection } from './intake/selection.ts';
import type { FatalError } from './model/fatal.ts';
import type { WarningCount } from './model/warning-count.ts';
import type { Terminal } from './terminal.ts';

/** The lines on stderr that the commands share. */

export function showStop(terminal: Terminal, stop: FatalError): void {
  terminal.fail(stop.message, stop.next);
}

export function showWarnings(
  terminal: Terminal,
  configWarnings: readonly string[],
  warnings: readonly WarningCount[],
  missingKeys: readonly string[],
): void {
  for (const warning of configWarnings) terminal.warn(warning);
  for (const { count, firstRow, message } of warnings) {
    const rows = count === 1 ? 'row' : `${count} rows, first row`;
    terminal.warn(firstRow === undefined ? message : `${message} (${rows} ${firstRow})`);
  }
  if (missingKeys.length > 0) terminal.warn(`--only names keys that no row has: ${missingKeys.join(', ')}`);
}

/** @throws FatalError 64 where `--only` names nothing but keys that no row has: a slip, not a wish for nothing. */
export function requireSelected({ only }: Settings, selection: Selection): void {
  const missing = selection.missing();
  if (only === undefined || missing.length < only.length) return;
  throw usageFault(`--only names no key that a row has: ${missing.join(', ')}`, 'Keys stand in results.csv.');
}

export const BOOK_CHANGED =
  'the book is not what it was when it was read: errors.csv lacks cells of rows that are gone';

export function timeStamp(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
