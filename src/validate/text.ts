import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { fault } from './rules.ts';

/** The Reseller API's limit for each part of an address; the Channel API names none. */
export const TEXT_LIMIT = 255;
/** The Directory API's limits page says 40, its resource page 60: the smaller holds for both. */
const NAME_LIMIT = 40;
/** Blanks, and characters that take no room, which trimming leaves; U+2800 is a braille cell without a dot. */
const INVISIBLE = /^[\s\p{Default_Ignorable_Code_Point}\u2800]+$/u;
/** "Name guidelines for users and groups", support.google.com/a/answer/9193374. */
const ANGLE_BRACKET = /[<>]/;

export function checkText(value: string, _context: CellContext, column: string): string | Problem {
  return checkLength(value, TEXT_LIMIT, 'text.too_long', column);
}

export function checkAdminName(value: string, context: CellContext, column: string): string | Problem {
  if (!ANGLE_BRACKET.test(value)) return checkLength(value, NAME_LIMIT, 'name.too_long', column);
  const message = `${column} ${context.show(value)} holds an angle bracket, which Google takes in no name.`;
  return fault('name.characters', column, message, 'Write the name alone, without brackets or an address.');
}

function checkLength(
  value: string,
  limit: number,
  rule: 'text.too_long' | 'name.too_long',
  column: string,
): string | Problem {
  if (value.length > limit) {
    const message = `${column} has ${value.length} characters, more than ${limit}.`;
    return fault(rule, column, message, `Shorten it to ${limit} characters.`);
  }
  return isInvisible(value) ? invisible(column) : value;
}

/** Nearly every cell starts with what is to be seen in ASCII, and is done with that. */
function isInvisible(value: string): boolean {
  const first = value.charCodeAt(0);
  return (first <= 0x20 || first > 0x7e) && INVISIBLE.test(value);
}

function invisible(column: string): Problem {
  const message = `${column} holds nothing but blanks or characters that cannot be seen.`;
  return fault('text.invisible', column, message, `Empty the cell, or write ${column} again.`);
}
