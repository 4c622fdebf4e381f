import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { fault } from './rules.ts';

/** The Reseller API's limit for each part of an address; the Channel API names none. */
const TEXT_LIMIT = 255;
/** The Directory API's limits page says 40, its resource page 60: the smaller holds for both. */
const NAME_LIMIT = 40;

export function checkText(value: string, _context: CellContext, column: string): string | Problem {
  if (value.length <= TEXT_LIMIT) return value;
  const message = `${column} has ${value.length} characters, more than ${TEXT_LIMIT}.`;
  return fault('text.too_long', column, message, `Shorten it to ${TEXT_LIMIT} characters.`);
}

export function checkAdminName(value: string, _context: CellContext, column: string): string | Problem {
  if (value.length <= NAME_LIMIT) return value;
  const message = `${column} has ${value.length} characters, more than ${NAME_LIMIT}.`;
  return fault('name.too_long', column, message, `Shorten it to ${NAME_LIMIT} characters.`);
}
