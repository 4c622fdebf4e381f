import yargs from 'yargs';
import { nearest } from '../config/nearest.ts';
import { OPTION_ROWS, flagName, type Option } from '../config/options.ts';
import { EXIT, FatalError, type ExitCode } from '../model/fatal.ts';
import { programVersion } from '../version.ts';

/** What a command gets: its positional argument and the flags that were given, by key. */
export interface CommandInput {
  readonly argument: string | undefined;
  /** Of a command that takes two. */
  readonly secondArgument?: string | undefined;
  readonly flags: Readonly<Record<string, unknown>>;
}

/** A flag of one command, with one value; the others are options of all. */
interface ExtraFlag {
  readonly name: string;
  readonly describe: string;
}

interface Command {
  readonly name: string;
  /** As in the usage line. */
  readonly argument: string | undefined;
  readonly isArgumentRequired: boolean;
  /** Required where there is one. */
  readonly secondArgument?: string;
  readonly describe: string;
  readonly example: readonly [command: string, explanation: string];
  readonly extraFlags?: readonly ExtraFlag[];
  readonly load: () => Promise<(input: CommandInput) => Promise<ExitCode>>;
}

const COMMANDS: readonly Command[] = [
  {
    name: 'validate',
    argument: 'book',
    isArgumentRequired: true,
    describe: 'check every row offline; calls nothing',
    example: ['$0 validate customers.csv --action import', 'every fault of every row, without a call'],
    load: async () => (await import('./validate.ts')).validateCommand,
  },
  {
    name: 'plan',
    argument: 'book',
    isArgumentRequired: true,
    describe: 'compare the book with Google and show what apply would do; writes nothing at Google',
    example: [
      '$0 plan customers.csv --overwrite safe',
      'what apply would do, field by field, and how long it takes',
    ],
    load: async () => (await import('./apply.ts')).planCommand,
  },
  {
    name: 'apply',
    argument: 'book',
    isArgumentRequired: true,
    describe: 'bring Google in agreement with the book',
    example: [
      '$0 apply customers.csv --yes',
      'import, create, provision and update until Google matches the book',
    ],
    load: async () => (await import('./apply.ts')).applyCommand,
  },
  {
    name: 'resume',
    argument: 'run',
    isArgumentRequired: false,
    describe: 'finish an interrupted run (the latest when none is named)',
    example: ['$0 resume', 'the last run that was interrupted goes on from where it was'],
    load: async () => (await import('./resume.ts')).resumeCommand,
  },
  {
    name: 'settle',
    argument: 'run',
    isArgumentRequired: true,
    secondArgument: 'key',
    describe: "a person's word on an ambiguous row: --as done or --as not-done",
    example: [
      '$0 settle 20261122-181757-2a39f4 C-1001 --as not-done',
      'that write had no effect: the next run may send it again',
    ],
    extraFlags: [{ name: 'as', describe: 'what came of the write: done or not-done' }],
    load: async () => (await import('./settle.ts')).settleCommand,
  },
  {
    name: 'undo',
    argument: 'run',
    isArgumentRequired: true,
    describe: "patch the before-images of a run's updates back",
    example: ['$0 undo 20261122-181757-2a39f4', 'what that run updated is as it was before'],
    load: async () => (await import('./undo.ts')).undoCommand,
  },
  {
    name: 'runs',
    argument: undefined,
    isArgumentRequired: false,
    describe: 'list runs: id, book, state, counts',
    example: ['$0 runs', 'the runs of the account, latest first'],
    load: async () => (await import('./runs.ts')).runsCommand,
  },
  {
    name: 'report',
    argument: 'run',
    isArgumentRequired: false,
    describe: "write a run's reports again from the ledger (the latest when none is named)",
    example: ['$0 report 20261122-181757-2a39f4', 'results.csv and the others, though their folder is gone'],
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'export',
    argument: undefined,
    isArgumentRequired: false,
    describe: 'write the customers Google has as a book, to stdout or --to FILE',
    example: ['$0 export --to customers.csv', 'a book that applied again changes nothing'],
    extraFlags: [{ name: 'to', describe: 'file that the book is written to, instead of stdout' }],
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'partners',
    argument: undefined,
    isArgumentRequired: false,
    describe: "list the account's channel partner links: id, state, public id",
    example: ['$0 partners --json', 'the links as one JSON object'],
    load: async () => (await import('./partners.ts')).partnersCommand,
  },
  {
    name: 'emulator',
    argument: 'world',
    isArgumentRequired: false,
    describe: "serve Google's APIs locally, seeded with a world file",
    example: ['$0 emulator samples/first-book.world.json --port 8080', 'a Google to try things on'],
    extraFlags: [{ name: 'port', describe: 'port to serve on; one that is free when none is given' }],
    load: async () => (await import('./emulator.ts')).emulatorCommand,
  },
];

/**
 * Parses the command line and runs its command.
 *
 * @returns the exit code of the program
 */
export async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  let chosen: { readonly command: Command; readonly argv: Readonly<Record<string, unknown>> } | undefined;
  let failure: FatalError | undefined;
  const parser = yargs(prepared(argv))
    .scriptName('channelbook')
    .usage('$0 <command>\n\nKeeps a customer book (CSV) and Google in agreement.')
    .version(programVersion())
    .help()
    .alias('help', 'h')
    .wrap(Math.min(110, process.stdout.columns > 0 ? process.stdout.columns : 100))
    .parserConfiguration({ 'boolean-negation': true, 'parse-numbers': false, 'camel-case-expansion': false })
    .options(Object.fromEntries(OPTION_ROWS.map((option) => [flagName(option), toYargs(option)])))
    .demandCommand(1, 'Name a command.')
    .strictCommands()
    .exitProcess(false)
    .epilogue('Every flag is also a key of channelbook.config.json and a variable CHANNELBOOK_<KEY>.')
    .fail((message: string | null, error: Error | undefined) => {
      // Yargs hands its own complaints about the line over in either form.
      if (error !== undefined && error.name !== 'YError') throw error;
      failure = commandFault(message ?? error?.message ?? 'the command line cannot be read', argv);
    });
  for (const command of COMMANDS) {
    parser.command(
      usageOf(command),
      command.describe,
      (inner) => {
        inner.example(...command.example);
        if (command.argument !== undefined) inner.positional(command.argument, { type: 'string' });
        if (command.secondArgument !== undefined)
          inner.positional(command.secondArgument, { type: 'string' });
        for (const { name, describe } of command.extraFlags ?? [])
          inner.option(name, { type: 'string', describe, nargs: 1 });
        return inner;
      },
      (parsed) => {
        chosen = { command, argv: parsed };
      },
    );
  }
  try {
    await parser.parse();
    if (failure !== undefined) throw failure;
    if (chosen === undefined) return EXIT.ok; // --help, --version
    const { command, argv: parsed } = chosen;
    const flags = checkedFlags(command, parsed);
    const run = await command.load();
    return await run({
      argument: positional(parsed, command.argument),
      secondArgument: positional(parsed, command.secondArgument),
      flags,
    });
  } catch (error) {
    const { reportFailure, wantsJson } = await import('./report-failure.ts');
    return reportFailure(error, wantsJson(argv, process.env));
  }
}

/** As yargs reads it: `settle <run> <key>`. */
function usageOf({ name, argument, isArgumentRequired, secondArgument }: Command): string {
  if (argument === undefined) return name;
  const first = isArgumentRequired ? `<${argument}>` : `[${argument}]`;
  return [name, first, ...(secondArgument === undefined ? [] : [`<${secondArgument}>`])].join(' ');
}

function positional(parsed: Readonly<Record<string, unknown>>, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : parsed[name];
  return typeof value === 'string' ? value : undefined;
}

function toYargs(option: Option): Record<string, unknown> {
  const choices = option.choices === undefined ? '' : `: ${option.choices.join(', ')}`;
  const byDefault =
    typeof option.default === 'string' || typeof option.default === 'number' ? ` [${option.default}]` : '';
  const describe = `${option.describe}${choices}${byDefault}`;
  const hidden = option.configOnly === true || option.unavailable === true;
  if (option.type === 'boolean') return { type: 'boolean', describe, hidden };
  const isList = option.type === 'list' || option.type === 'waivers';
  // One value each: a list that takes all that follows would swallow the book.
  return {
    type: 'string',
    describe,
    hidden,
    requiresArg: option.key !== 'emulator',
    ...(isList ? { array: true, nargs: 1 } : {}),
  };
}

/** Yargs calls every word that it cannot place a command. */
function commandFault(message: string, argv: readonly string[]): FatalError {
  const word = /^Unknown commands?: ([^,]+)/.exec(message)?.[1];
  if (word === undefined) return usage(message);
  const names = COMMANDS.map(({ name }) => name);
  if (argv.some((given) => names.includes(given))) return usage(`unexpected argument "${word}"`);
  const guess = nearest(word, names);
  return usage(`unknown command "${word}"${guess === undefined ? '' : `; did you mean ${guess}?`}`);
}

/** The words as yargs is to read them. What follows `--` are paths, which yargs would give to no command. */
function prepared(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  if (end < 0) return withWorldValue(argv);
  const paths = argv.slice(end + 1).map((word) => (word.startsWith('-') ? `./${word}` : word));
  return [...withWorldValue(argv.slice(0, end)), ...paths];
}

/** `--emulator` takes the word after it only if that is a world file, so that it never swallows the book. */
function withWorldValue(argv: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word !== '--emulator') {
      words.push(word);
      continue;
    }
    const next = argv[index + 1];
    const isWorld = next !== undefined && !next.startsWith('-') && next.endsWith('.json');
    words.push(isWorld ? `--emulator=${next}` : '--emulator=');
    if (isWorld) index += 1;
  }
  return words;
}

/** The flags that were given, by key; an unknown one is refused with the name it was likely meant to be. */
function checkedFlags(
  command: Command,
  parsed: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const byFlag = new Map(OPTION_ROWS.map((option) => [flagName(option), option]));
  const extra = (command.extraFlags ?? []).map(({ name }) => name);
  const known = [...byFlag.keys(), ...extra];
  const flags: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parsed)) {
    const isOwn = name === command.argument || name === command.secondArgument;
    if (isOwn || ['_', '$0', 'help', 'h', 'version'].includes(name)) continue;
    if (value === undefined) continue;
    const option = byFlag.get(name);
    if (option?.configOnly === true) throw usage(`--${name} is a key of the config file, not a flag`);
    if (option === undefined && !extra.includes(name)) throw unknownFlag(name, known);
    flags[option?.key ?? name] = value;
  }
  const surplus = (parsed['_'] as readonly unknown[]).slice(1);
  if (surplus.length > 0) throw usage(`unexpected argument "${String(surplus[0])}"`);
  return flags;
}

function unknownFlag(name: string, known: readonly string[]): FatalError {
  const guess = nearest(name, known);
  const dashes = name.length === 1 ? '-' : '--';
  return usage(`unknown flag ${dashes}${name}${guess === undefined ? '' : `; did you mean --${guess}?`}`);
}

function usage(message: string): FatalError {
  return new FatalError(EXIT.usage, 'usage', message, 'Run channelbook --help for commands and flags.');
}
