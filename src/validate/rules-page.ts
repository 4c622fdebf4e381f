import { RULES } from './rules.ts';

/** `docs/rules.md`: every rule that rows are checked by, from the one table. */
export function rulesPage(): string {
  const rows = RULES.map(
    ({ id, column, summary }) => `| <a id="${id}"></a>\`${id}\` | ${column} | ${summary} |`,
  );
  return `${[...HEAD, ...rows].join('\n')}\n`;
}

const HEAD = [
  '# The rules of a book',
  '',
  'Every row is checked by all of them; a row that breaks any is `invalid`, and every fault is reported, with the rule,',
  'the column, what is wrong and what to do. Other rows go on. What stands here is what has to hold; what is only warned',
  'about, as its line says, leaves a row valid.',
  '',
  '| rule | columns | what holds |',
  '|---|---|---|',
];
