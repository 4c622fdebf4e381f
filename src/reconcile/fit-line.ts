import type { Colour, Paint } from './final-table.ts';

/** A part of a line, with its colour if it has one. */
export type Piece = string | readonly [Colour, string];

// Control characters, and those that reorder or hide what stands beside them.
// eslint-disable-next-line no-control-regex -- control characters are what is made visible
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Two columns wide on most terminals; near enough without the tables of Unicode. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]$/u;
const COMBINING = /^[\p{Mn}\p{Me}]$/u;

/** A text of the book or of Google as a terminal may show it: what is not seen, or commands it, is spelled out. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** Columns that a text takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/**
 * One line of at most `width` columns: what is too long ends in an ellipsis. Colours are put on last, so that they
 * take no room and are never cut.
 */
export function fitLine(pieces: readonly Piece[], width: number, paint: Paint): string {
  const whole = pieces.map((piece) => (typeof piece === 'string' ? piece : piece[1])).join('');
  let left = columnsOf(whole) <= width ? Infinity : Math.max(0, width - 1);
  let line = '';
  for (const piece of pieces) {
    const [colour, text] = typeof piece === 'string' ? [undefined, piece] : piece;
    const shown = cut(text, left);
    left -= columnsOf(shown);
    if (shown !== '') line += colour === undefined ? shown : paint(colour, shown);
    if (shown.length < text.length) return `${line}…`;
  }
  return line;
}

/** A text in lines of at most `width` columns, broken at blanks; a word that is longer stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || columnsOf(line) + 1 + columnsOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

function cut(text: string, columns: number): string {
  let left = columns;
  let end = 0;
  for (const character of text) {
    left -= columnsOfCharacter(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function columnsOfCharacter(character: string): number {
  if (character < '\u0300') return 1;
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
