import type { Clock } from './clock.ts';
import type { FatalError } from './model/fatal.ts';
import type { WarningCount } from './model/warning-count.ts';
import type { Terminal } from './terminal.ts';

/** The lines on stderr that the commands share. */

export function showStop(terminal: Terminal, stop: FatalError): void {
  terminal.note(`${terminal.paint('red', 'channelbook:')} ${stop.message}`);
  terminal.note(`  ${stop.next}`);
}

export function showWarnings(
  terminal: Terminal,
  configWarnings: readonly string[],
  warnings: readonly WarningCount[],
  missingKeys: readonly string[],
): void {
  for (const warning of configWarnings) terminal.warn(warning);
  for (const { count, firstRow, message } of warnings) {
    terminal.warn(firstRow === undefined ? message : `${message} (${count} rows, first row ${firstRow})`);
  }
  if (missingKeys.length > 0) terminal.warn(`--only names keys that no row has: ${missingKeys.join(', ')}`);
}

export function timeStamp(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
