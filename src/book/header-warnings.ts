import type { BookHeader } from '../model/book.ts';
import type { Problem } from '../model/customer.ts';
import { proposedMapping, unknownNames, type ColumnMapping } from './column-names.ts';

/** What is odd about a header but stops nobody. */
export function headerWarnings(header: BookHeader, mapping: ColumnMapping): readonly Problem[] {
  const known = new Set(header.columns.flatMap(({ column }) => column ?? []));
  const names = new Set(header.columns.map(({ name }) => name));
  const unknown = unknownNames(header.columns);
  const unnamed = header.columns.filter(({ name }) => name === '').length;
  const unused = Object.keys(mapping).filter((name) => !names.has(name));
  const warnings: Problem[] = [];
  if (unknown.length > 0) warnings.push(unknownColumns(unknown, known));
  if (unnamed > 0) warnings.push(unnamedColumns(unnamed));
  if (unused.length > 0) warnings.push(unusedMapping(unused));
  return warnings;
}

function unknownColumns(names: readonly string[], known: ReadonlySet<string>): Problem {
  const mapping = proposedMapping(names, known);
  return {
    rule: 'book.unknown_column',
    column: undefined,
    message: `Unknown columns, kept but not used: ${quoted(names)}.`,
    hint:
      mapping === undefined
        ? 'Put _ before a name to have it ignored without a warning, or map it with "columns" in the config.'
        : `Put this into the config if it is what you mean: ${mapping}`,
  };
}

function unnamedColumns(count: number): Problem {
  return {
    rule: 'book.unnamed_column',
    column: undefined,
    message: `The header leaves ${count} of its columns without a name.`,
    hint: 'Name these columns, or remove them; what they hold is kept but not used.',
  };
}

function unusedMapping(names: readonly string[]): Problem {
  return {
    rule: 'book.unused_mapping',
    column: undefined,
    message: `The config maps columns that the header does not have: ${quoted(names)}.`,
    hint: 'Check how these names are spelled in the book; capitals count.',
  };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
