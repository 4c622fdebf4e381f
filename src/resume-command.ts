import { OPTION_ROWS, flagName } from './config/options.ts';
import type { RunRequest } from './run-session.ts';

/** What leads to the same ledger, as the same reseller: a resumed run does not know these by itself. */
const LEADING = ['config', 'account', 'apiUrl', 'state', 'keyFile', 'subject'];

/** The command that finishes a run, ready to be pasted: with the flags that this process was given. */
export function resumeCommand(
  run: string,
  { settings, flags, configFile }: Pick<RunRequest, 'settings' | 'flags' | 'configFile'>,
): string {
  const given = OPTION_ROWS.filter(({ key }) => LEADING.includes(key) && flags.has(key)).flatMap((option) => {
    const value = option.key === 'config' ? configFile : settings[option.key as keyof typeof settings];
    return typeof value === 'string' ? [`--${flagName(option)}`, quoted(value)] : [];
  });
  return ['channelbook', 'resume', run, ...given].join(' ');
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
