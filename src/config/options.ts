import { OVERWRITE_POLICIES } from '../model/action.ts';
import { DEFAULT_QUOTAS } from '../model/bucket.ts';
import { baseAddressFault } from './base-address.ts';

/**
 * The one table of options. Flags, environment variables, the config file and its schema,
 * `config.example.json` and the README's table are all made from it.
 */
export interface Option {
  /** Key in the config file; the flag is its kebab-case, the variable `CHANNELBOOK_` and its upper snake case. */
  readonly key: string;
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'numbers' | 'strings' | 'waivers' | 'json';
  readonly describe: string;
  /** What stands for the value in the help. */
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly pattern?: RegExp;
  /** What `pattern` wants, for the message. */
  readonly patternText?: string;
  /** What is wrong with a text, for the message, which then does not quote it; undefined where nothing is. */
  readonly faultOf?: (text: string) => string | undefined;
  readonly default?: unknown;
  /** Value in `config.example.json` where it differs from the default; `null` leaves the key out. */
  readonly example?: unknown;
  /** Not a flag: too long for a command line, or a setting of the site and not of the run. */
  readonly configOnly?: true;
  /** Not a key of the file: it names the file. */
  readonly flagOnly?: true;
  /** The path is taken from the config file's folder when it stands there. */
  readonly isPath?: true;
  /** Named in the contract, not built yet: refused when given, never ignored. */
  readonly unavailable?: true;
}

export const OPTIONS = [
  {
    key: 'config',
    type: 'string',
    placeholder: 'FILE',
    describe: 'config file (JSON); channelbook.config.json when present',
    flagOnly: true,
  },
  {
    key: 'keyFile',
    type: 'string',
    placeholder: 'FILE',
    describe: 'service account key (JSON); without one, application default credentials',
    example: 'channelbook-key.json',
    isPath: true,
  },
  {
    key: 'subject',
    type: 'string',
    placeholder: 'EMAIL',
    describe: 'reseller admin the service account acts for (domain-wide delegation)',
    example: 'admin@reseller.example',
  },
  {
    key: 'account',
    type: 'string',
    placeholder: 'ID',
    describe: 'reseller account, C012345 or accounts/C012345',
    pattern: /^(?:accounts\/)?[A-Za-z0-9_-]+$/,
    patternText: 'an account like C012345 or accounts/C012345',
    example: 'C012345',
  },
  {
    key: 'action',
    type: 'string',
    choices: ['auto', 'import', 'create', 'provision', 'onboard'],
    default: 'auto',
    describe: 'action for rows that name none',
    example: 'import',
  },
  {
    key: 'overwrite',
    type: 'string',
    choices: OVERWRITE_POLICIES,
    default: 'never',
    describe: 'whose data wins, for rows that name none',
  },
  {
    key: 'out',
    type: 'string',
    placeholder: 'DIR',
    default: 'runs',
    describe: 'where run directories go',
    isPath: true,
  },
  {
    key: 'state',
    type: 'string',
    placeholder: 'DIR',
    describe: 'where the ledger is kept; $XDG_STATE_HOME/channelbook, else ~/.local/state/channelbook',
    isPath: true,
  },
  { key: 'concurrency', type: 'number', min: 1, default: 8, describe: 'rows in flight' },
  { key: 'limit', type: 'number', min: 0, describe: 'take only the first N rows', example: null },
  {
    key: 'only',
    type: 'list',
    placeholder: 'KEY',
    describe: 'take only the row with this key (repeatable)',
    example: null,
  },
  {
    key: 'partner',
    type: 'string',
    placeholder: 'ID',
    describe: 'take only the rows of this channel partner',
    example: null,
  },
  {
    key: 'deadline',
    type: 'string',
    placeholder: 'HH:MM',
    pattern: /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/,
    patternText: 'a local time like 06:30',
    describe: 'start no row after this local time; exit 75',
    example: null,
  },
  {
    key: 'apiUrl',
    type: 'string',
    placeholder: 'URL',
    faultOf: baseAddressFault,
    describe: "one base address for all three APIs and the token endpoint; Google's own by default",
    example: null,
  },
  {
    key: 'emulator',
    type: 'string',
    placeholder: '[WORLD.json]',
    describe: 'start the emulator inside this process, seeded with a world file, and use it',
    example: null,
  },
  {
    key: 'snapshot',
    type: 'string',
    choices: ['auto', 'list', 'lookup'],
    default: 'auto',
    describe: 'how to read what Google has',
  },
  {
    key: 'validateOnly',
    type: 'boolean',
    default: false,
    describe: 'decide everything, change nothing',
    example: null,
  },
  {
    key: 'plan',
    type: 'string',
    placeholder: 'FILE',
    describe: 'with apply: refuse (3) unless what would be done now is what this plan.ndjson says',
    example: null,
  },
  {
    key: 'detailedExitcode',
    type: 'boolean',
    default: false,
    describe: 'with plan: exit 2 when differences exist',
    example: null,
  },
  {
    key: 'failOn',
    type: 'string',
    choices: ['drift'],
    describe: 'count rows skipped with differences as failures',
    example: null,
  },
  {
    key: 'maxErrors',
    type: 'string',
    placeholder: 'N|N%',
    pattern: /^[0-9]+%?$/,
    patternText: 'a number of rows or a percentage, like 20 or 5%',
    describe: 'stop starting rows once so many failed; exit 5',
    example: null,
  },
  {
    key: 'allow',
    type: 'waivers',
    placeholder: 'KIND=N',
    describe: 'waive one safety limit up to N rows (repeatable): creates, imports, updates, shrink',
    example: null,
  },
  {
    key: 'yes',
    type: 'boolean',
    default: false,
    describe: 'do not ask before writing',
    example: null,
  },
  {
    key: 'json',
    type: 'boolean',
    default: false,
    describe: 'the summary as one JSON object on stdout',
    example: null,
  },
  {
    key: 'logLevel',
    type: 'string',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    describe: 'how much goes to the log',
  },
  {
    key: 'logFile',
    type: 'string',
    placeholder: 'FILE',
    describe: 'JSON lines; log.ndjson in the run directory by default',
    isPath: true,
    example: null,
  },
  {
    key: 'metricsFile',
    type: 'string',
    placeholder: 'FILE',
    describe: 'write Prometheus metrics to this file',
    isPath: true,
    unavailable: true,
  },
  {
    key: 'healthcheckUrl',
    type: 'string',
    placeholder: 'URL',
    describe: 'ping this address at the start and at the end',
    unavailable: true,
  },
  {
    key: 'encoding',
    type: 'string',
    placeholder: 'LABEL',
    describe: 'encoding of the book where it is neither UTF-8 nor UTF-16 with BOM, e.g. windows-1252',
    example: null,
  },
  {
    key: 'bookName',
    type: 'string',
    placeholder: 'NAME',
    describe: "name under which runs on the same book are known; the file's name by default",
    example: null,
  },
  {
    key: 'color',
    type: 'boolean',
    describe: 'colour on a terminal (--no-color and NO_COLOR turn it off)',
    example: null,
  },
  {
    key: 'engine',
    type: 'string',
    choices: ['local', 'postgres'],
    default: 'local',
    describe: 'where rows run',
    example: null,
    unavailable: true,
  },
  {
    key: 'databaseUrl',
    type: 'string',
    placeholder: 'URL',
    describe: 'PostgreSQL, for --engine postgres',
    unavailable: true,
  },
  {
    key: 'columns',
    type: 'strings',
    default: {},
    describe: 'the user\'s column names and ours: { "Primary domain": "domain" }',
    configOnly: true,
    example: { 'Primary domain': 'domain', Company: 'org_display_name' },
  },
  {
    key: 'requireChannelPartner',
    type: 'boolean',
    default: false,
    describe: 'every row must name a channel partner',
    configOnly: true,
  },
  {
    key: 'quotas',
    type: 'numbers',
    min: 1,
    default: DEFAULT_QUOTAS,
    describe: 'calls per 60 seconds and bucket',
    configOnly: true,
  },
  {
    key: 'attempts',
    type: 'number',
    min: 1,
    default: 6,
    describe: 'sends of one call before it is given up; waiting for quota uses none',
    configOnly: true,
  },
  {
    key: 'callTimeoutSeconds',
    type: 'number',
    min: 1,
    default: 60,
    describe: 'longest wait for one answer',
    configOnly: true,
  },
  {
    key: 'settleSeconds',
    type: 'number',
    min: 0,
    default: 120,
    describe: 'wait before writes in doubt are looked up by a full listing',
    configOnly: true,
  },
  {
    key: 'commonCauseRows',
    type: 'number',
    min: 1,
    default: 20,
    describe: 'so many first rows ending in one cause that is not theirs stop the run',
    configOnly: true,
  },
  {
    key: 'outageMinutes',
    type: 'number',
    min: 0,
    default: 15,
    describe: 'how long Google may be unreachable in the middle of a run',
    configOnly: true,
  },
  {
    key: 'operationTimeoutSeconds',
    type: 'number',
    min: 1,
    default: 900,
    describe: 'longest wait for a long-running operation',
    configOnly: true,
  },
  {
    key: 'safety',
    type: 'numbers',
    min: 0,
    default: { creates: 25, imports: 100, updates: 30, shrink: 5 },
    describe: 'limits for unattended runs: rows (creates, imports), percent (updates, shrink)',
    configOnly: true,
  },
  {
    key: 'smtp',
    type: 'json',
    describe:
      'mail server for notifications, an smtp:// address or { host, port, user, from }; its password is CHANNELBOOK_SMTP_PASSWORD (docs/notifications.md)',
    configOnly: true,
  },
  {
    key: 'notification',
    type: 'json',
    describe:
      'what new customers are told: { from, reseller, subject, textTemplate, htmlTemplate, includePassword } (docs/notifications.md)',
    configOnly: true,
  },
] as const satisfies readonly Option[];

type OptionRow = (typeof OPTIONS)[number];
export type OptionKey = OptionRow['key'];

type ValueOf<O> = O extends { choices: readonly (infer C)[] }
  ? C
  : O extends { type: 'number' }
    ? number
    : O extends { type: 'boolean' }
      ? boolean
      : O extends { type: 'list' }
        ? readonly string[]
        : O extends { type: 'strings' }
          ? Readonly<Record<string, string>>
          : O extends { type: 'numbers'; default: infer D }
            ? Readonly<Record<keyof D, number>>
            : O extends { type: 'waivers' }
              ? Readonly<Record<string, number>>
              : O extends { type: 'json' }
                ? unknown
                : string;

/** Every option with its value: what a command works from. Undefined: not given and without a default. */
export type Settings = {
  readonly [O in OptionRow as O['key']]: O extends { default: unknown } ? ValueOf<O> : ValueOf<O> | undefined;
};

/** The same rows with their widest type, for code that walks the table. */
export const OPTION_ROWS: readonly Option[] = OPTIONS;

export function flagName(option: Option): string {
  return option.key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function variableName(option: Option): string {
  return `CHANNELBOOK_${option.key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
