import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isColumnName } from '../model/column.ts';
import { EXIT, FatalError } from '../model/fatal.ts';
import { nearest } from './nearest.ts';
import { OPTION_ROWS, flagName, variableName, type Option, type Settings } from './options.ts';
import { parseValue } from './value.ts';

const DEFAULT_CONFIG_FILE = 'channelbook.config.json';

/** Variables with our prefix that are no options: secrets, which no file and no flag may hold. */
const SECRET_VARIABLES = ['CHANNELBOOK_ACCESS_TOKEN', 'CHANNELBOOK_SECRET_KEY', 'CHANNELBOOK_SMTP_PASSWORD'];

export interface LoadedSettings {
  readonly settings: Settings;
  /** `CHANNELBOOK_ACCESS_TOKEN`; a secret, therefore apart from the settings that the manifest shows. */
  readonly accessToken: string | undefined;
  /** The config file that was read, if any. */
  readonly configFile: string | undefined;
  readonly warnings: readonly string[];
}

/**
 * Settles every option: flag beats environment beats file beats default.
 *
 * @param flags what the command line gave, by key; undefined where it gave nothing
 * @param environment usually `process.env`
 * @param directory where `channelbook.config.json` is looked for
 * @throws FatalError 64 for a flag, 78 for the environment or the file
 */
export function loadSettings(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): LoadedSettings {
  const configFile = findConfigFile(flags, environment, directory);
  const file = configFile === undefined ? {} : readConfigFile(configFile);
  const given = new Map<string, unknown>();
  for (const option of OPTION_ROWS) {
    const value = settle(option, flags, environment, file, configFile);
    if (value !== undefined) given.set(option.key, value);
  }
  const values = Object.fromEntries(
    OPTION_ROWS.map((option) => [option.key, given.get(option.key) ?? option.default]),
  );
  return {
    settings: values as unknown as Settings,
    accessToken: nonEmpty(environment['CHANNELBOOK_ACCESS_TOKEN']),
    configFile,
    warnings: [...strangeVariables(environment), ...withoutEffect(given)],
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function findConfigFile(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): string | undefined {
  const named = flags['config'] ?? nonEmpty(environment['CHANNELBOOK_CONFIG']);
  if (typeof named === 'string') return resolve(directory, named);
  if (named !== undefined) throw usageFault('--config must name one file');
  const found = resolve(directory, DEFAULT_CONFIG_FILE);
  return existsSync(found) ? found : undefined;
}

function readConfigFile(path: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw configFault(
      `config file ${path} cannot be read (${reason})`,
      'Check --config and its permissions.',
      error,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw configFault(`config file ${path} is not JSON: ${jsonFault(error, text)}`, 'Correct the file.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw configFault(`config file ${path} must hold one JSON object`, 'Compare with config.example.json.');
  }
  checkKeys(parsed as Record<string, unknown>, path);
  return parsed as Record<string, unknown>;
}

/** Where the JSON breaks, without quoting the file: it may hold what should not be shown. */
function jsonFault(error: unknown, text: string): string {
  const position = /position (\d+)/.exec((error as Error).message)?.[1];
  if (position === undefined) return 'it ends too early or is empty';
  const before = text.slice(0, Number(position)).split('\n');
  return `unexpected character at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function checkKeys(file: Readonly<Record<string, unknown>>, path: string): void {
  const known = OPTION_ROWS.filter((option) => option.flagOnly !== true).map((option) => option.key);
  for (const key of Object.keys(file)) {
    if (key === '$schema' || known.includes(key)) continue;
    if (OPTION_ROWS.some((option) => option.key === key)) {
      throw configFault(
        `${path}: "${key}" names the file itself and is no key of it`,
        `Remove it and type --${key}.`,
      );
    }
    const guess = nearest(key, known);
    const next = guess === undefined ? 'See config.example.json for every key.' : `Did you mean "${guess}"?`;
    throw configFault(`${path}: unknown key "${key}"`, next);
  }
}

function settle(
  option: Option,
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, unknown>>,
  configFile: string | undefined,
): unknown {
  const flag = flags[option.key];
  if (flag !== undefined) return checked(option, flag, `--${flagName(option)}`, usageFault);
  const variable = nonEmpty(environment[variableName(option)]);
  if (variable !== undefined) {
    const raw =
      option.type === 'list' || option.type === 'waivers' ? variable.split(',') : fromText(option, variable);
    return checked(option, raw, variableName(option), configFault);
  }
  const stored = file[option.key];
  if (stored === undefined || stored === null) return undefined;
  const value = checked(option, stored, `${configFile ?? ''}: "${option.key}"`, configFault);
  return option.isPath === true ? resolve(dirname(configFile ?? '.'), value as string) : value;
}

function fromText(option: Option, text: string): unknown {
  if (option.type === 'json' && !text.startsWith('{')) return text;
  if (!['strings', 'numbers', 'json'].includes(option.type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw configFault(`${variableName(option)} must be a JSON object`, 'Correct the variable.');
  }
}

function checked(
  option: Option,
  raw: unknown,
  where: string,
  makeFault: (message: string, next: string) => FatalError,
): unknown {
  if (option.unavailable === true) {
    throw makeFault(
      `${where} is not available in this version`,
      'Leave it out; CHANGELOG.md says what is there.',
    );
  }
  const parsed = parseValue(option, raw);
  if (parsed.kind === 'fault')
    throw makeFault(`${where} ${parsed.sentence}`, 'Run channelbook --help for its form.');
  if (option.key === 'columns') checkMapping(parsed.value as Record<string, string>, where);
  return parsed.value;
}

function checkMapping(columns: Readonly<Record<string, string>>, where: string): void {
  const taken = new Map<string, string>();
  for (const [name, column] of Object.entries(columns)) {
    if (!isColumnName(column)) {
      throw configFault(
        `${where}: "${name}" is mapped to "${column}", which is no column`,
        'See README, "The book".',
      );
    }
    const other = taken.get(column);
    if (other !== undefined) {
      throw configFault(
        `${where}: "${other}" and "${name}" are both mapped to "${column}"`,
        'Keep one of them.',
      );
    }
    taken.set(column, name);
  }
}

function strangeVariables(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = new Set([...OPTION_ROWS.map(variableName), ...SECRET_VARIABLES]);
  return Object.keys(environment)
    .filter(
      (name) => name.startsWith('CHANNELBOOK_') && !name.startsWith('CHANNELBOOK_TEST_') && !known.has(name),
    )
    .map((name) => {
      const guess = nearest(name, known);
      return `${name} is no setting of channelbook${guess === undefined ? '' : `; did you mean ${guess}?`}`;
    });
}

/** What was given and changes nothing, so that nobody relies on it. */
function withoutEffect(given: ReadonlyMap<string, unknown>): readonly string[] {
  return given.has('apiUrl') && given.has('emulator')
    ? ['--api-url is ignored: --emulator takes its place']
    : [];
}

export function usageFault(message: string, next = 'Run channelbook --help.'): FatalError {
  return new FatalError(EXIT.usage, 'usage', message, next);
}

export function configFault(message: string, next: string, cause?: unknown): FatalError {
  return new FatalError(EXIT.config, 'config', message, next, { cause });
}
