import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { fault } from './rules.ts';

const NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
/** Tags that have been looked up; a book holds few. */
const known = new Map<string, string | undefined>();
const KNOWN_LIMIT = 1000;

/** A BCP 47 tag in its canonical form, with a language that exists. */
export function checkLanguage(value: string, context: CellContext): string | Problem {
  const tag = lookUp(value);
  if (tag !== undefined) return tag;
  const right = tagMeant(value);
  return fault(
    'language_code.unknown',
    'language_code',
    `The language ${context.show(value)} is no BCP 47 tag.`,
    right === undefined ? 'Write a tag such as en, de or pt-BR.' : `Write ${right}.`,
  );
}

function lookUp(value: string): string | undefined {
  if (known.has(value)) return known.get(value);
  if (known.size >= KNOWN_LIMIT) known.clear();
  const tag = canonicalTag(value);
  known.set(value, tag);
  return tag;
}

function canonicalTag(value: string): string | undefined {
  try {
    const [tag] = Intl.getCanonicalLocales(value);
    return tag !== undefined && NAMES.of(new Intl.Locale(tag).language) !== undefined ? tag : undefined;
  } catch {
    return undefined;
  }
}

/** `en_US` is en-US; an English name of a language is its tag. */
function tagMeant(value: string): string | undefined {
  const dashed = value.includes('_') ? canonicalTag(value.replaceAll('_', '-')) : undefined;
  return dashed ?? tagsByName().get(value.toLowerCase());
}

let byName: ReadonlyMap<string, string> | undefined;

function tagsByName(): ReadonlyMap<string, string> {
  byName ??= new Map(
    twoLetterTags().flatMap((tag) => {
      const name = canonicalTag(tag) === tag ? NAMES.of(tag) : undefined;
      return name === undefined ? [] : [[name.toLowerCase(), tag] as const];
    }),
  );
  return byName;
}

function twoLetterTags(): readonly string[] {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
  return letters.flatMap((first) => letters.map((second) => first + second));
}
