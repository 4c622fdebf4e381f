import { OPTION_ROWS, flagName, type Option } from './options.ts';

/** `config.example.json`: every key of the config file that does something, with an example or its default. */
export function configExample(): string {
  const entries = OPTION_ROWS.filter(
    (option) => option.flagOnly !== true && option.unavailable !== true,
  ).flatMap((option) => {
    const value = option.example === undefined ? option.default : option.example;
    return value === undefined || value === null ? [] : [[option.key, value] as const];
  });
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

/** The README's table of options, in Markdown. */
export function optionsTable(): string {
  const rows = OPTION_ROWS.filter((option) => option.unavailable !== true).map((option) =>
    [nameCell(option), meaningCell(option), defaultCell(option)].join(' | '),
  );
  return ['| flag or key | meaning | default |', '|---|---|---|', ...rows.map((row) => `| ${row} |`)].join(
    '\n',
  );
}

function nameCell(option: Option): string {
  if (option.configOnly === true) return `\`${option.key}\` (config file)`;
  const words = option.choices?.join('|') ?? option.placeholder ?? (option.type === 'number' ? 'N' : '');
  const value = words.replaceAll('|', '\\|');
  const flag = `\`--${flagName(option)}${value === '' ? '' : ` ${value}`}\``;
  return option.flagOnly === true ? flag : `${flag}, \`${option.key}\``;
}

function meaningCell(option: Option): string {
  return option.describe.replaceAll('|', '\\|');
}

function defaultCell(option: Option): string {
  const value = option.default;
  if (value === undefined || value === false) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
