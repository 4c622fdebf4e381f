import { resolve } from 'node:path';
import type { Settings } from './config/options.ts';
import { EXIT } from './model/fatal.ts';
import type { RunRecord } from './model/run-record.ts';

/**
 * The settings that say what a run is about: kept with it, so that resuming it goes on with the same. All others (how
 * fast, where to, as whom) are those of the day.
 */
const SHAPING = [
  'action',
  'overwrite',
  'allow',
  'limit',
  'only',
  'partner',
  'snapshot',
  'plan',
  'failOn',
  'maxErrors',
  'encoding',
  'bookName',
  'columns',
  'requireChannelPartner',
  'validateOnly',
] as const satisfies readonly (keyof Settings)[];

/**
 * As JSON keeps them: `null` for what was not given. Not to be asked is kept only where it was said of this run: the config
 * may be of another mind by then.
 *
 * @param flags keys of the options that the command line gave
 */
export function shapingSettings(
  settings: Settings,
  flags: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const shaping = Object.fromEntries(SHAPING.map((key) => [key, settings[key] ?? null]));
  return {
    ...shaping,
    plan: settings.plan === undefined ? null : resolve(settings.plan),
    ...(flags.has('yes') ? { yes: settings.yes } : {}),
  };
}

/**
 * The settings of a run that is resumed: what the command line says now, else what the run was begun with.
 *
 * @param flags keys of the options that the command line gave
 */
export function resumedSettings(settings: Settings, run: RunRecord, flags: ReadonlySet<string>): Settings {
  const kept = Object.entries(run.settings)
    .filter(([key]) => (isShaping(key) || key === 'yes') && !flags.has(key))
    .map(([key, value]): readonly [string, unknown] => [key, value ?? undefined]);
  // A waiver that is given now is given beside those of then.
  const allow = { ...(run.settings['allow'] as Settings['allow']), ...settings.allow };
  return {
    ...settings,
    ...(Object.fromEntries(kept) as Partial<Settings>),
    ...(flags.has('allow') ? { allow } : {}),
    validateOnly: false,
  };
}

function isShaping(key: string): boolean {
  return SHAPING.some((known) => known === key);
}

/** Ends before the last row, as against refusals to begin. */
const INTERRUPTED: ReadonlySet<number | undefined> = new Set<number | undefined>([
  undefined, // killed
  EXIT.stopped,
  EXIT.unreachable,
  EXIT.bug,
  EXIT.cannotWrite,
  EXIT.disk,
  EXIT.tryAgain,
  EXIT.credentials,
]);

/**
 * Whether a run was interrupted, so that there is something to resume; also one that refused to be resumed as it was.
 * Its process is known to be gone.
 */
export function isResumable({ command, state, exitCode, settings, isResumed }: RunRecord): boolean {
  const wrote = command === 'apply' && settings['validateOnly'] !== true;
  return wrote && state !== 'finished' && (isResumed || INTERRUPTED.has(exitCode));
}
