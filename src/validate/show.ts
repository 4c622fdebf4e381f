import { redact } from '../redact.ts';

const SHOWN_CHARACTERS = 60;
// eslint-disable-next-line no-control-regex -- control characters are what is made visible
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A cell's value as a message shows it: in quotes, on one line, without the row's token, shortened. */
export type Show = (value: string) => string;

export function createShow(token: string | undefined): Show {
  return (value) => {
    const clean = redact(value, token === undefined ? [] : [token]).replace(UNPRINTABLE, escape);
    const characters = Array.from(clean.slice(0, 4 * SHOWN_CHARACTERS));
    const short =
      characters.length > SHOWN_CHARACTERS ? `${characters.slice(0, SHOWN_CHARACTERS).join('')}...` : clean;
    return `"${short}"`;
  };
}

function escape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
