import { nearest } from '../config/nearest.ts';
import { oneLine } from './one-line.ts';

const LONGEST_NAME = 40;

/** A template as it was read: pieces in their order. */
export type Template = readonly Piece[];

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string; readonly line: number }
  | {
      readonly kind: 'section';
      readonly name: string;
      /** Shown when the value is there, or, inverted, when it is not. */
      readonly isInverted: boolean;
      readonly pieces: Template;
    };

export type ParsedTemplate =
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'fault'; readonly line: number; readonly sentence: string };

/** The names that a template may use. */
export interface TemplateNames {
  /** `{{name}}`, and sections of it. */
  readonly values: readonly string[];
  /** Sections alone: `{{#name}}…{{/name}}`. */
  readonly conditions: readonly string[];
}

interface Tag {
  readonly sign: string;
  readonly name: string;
  readonly line: number;
}

interface OpenSection extends Tag {
  readonly pieces: Piece[];
}

/** A tag, a remark, or two braces that nothing closes. */
const TAG = /\{\{\s*(?:!(?<remark>[^]*?)|(?<sign>[#^/&{]?)(?<name>[^{}]*))\}\}|\{\{/g;

/**
 * Reads `{{name}}`, `{{#name}}…{{/name}}` (when there is one), `{{^name}}…{{/name}}` (when there is none) and
 * `{{! remarks }}`. Nothing in a template is evaluated.
 */
export function parseTemplate(source: string, names: TemplateNames): ParsedTemplate {
  const root: Piece[] = [];
  const open: OpenSection[] = [];
  let end = 0;
  let line = 1;
  for (const match of source.matchAll(TAG)) {
    line += linesIn(source.slice(end, match.index));
    const tag = tagOf(match, line);
    const sentence = faultOf(tag, names);
    if (sentence !== undefined) return { kind: 'fault', line, sentence };
    const [from, to] = extentOf(source, match, tag);
    (open.at(-1)?.pieces ?? root).push({ kind: 'text', text: source.slice(end, from) });
    const misplaced = place(tag, open, root);
    if (misplaced !== undefined) return { kind: 'fault', line, sentence: misplaced };
    line += linesIn(source.slice(match.index, to));
    end = to;
  }
  root.push({ kind: 'text', text: source.slice(end) });
  const left = open.at(-1);
  return left === undefined
    ? { kind: 'template', template: root }
    : { kind: 'fault', line: left.line, sentence: `{{${left.sign}${left.name}}} is never closed` };
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

function tagOf({ groups }: RegExpExecArray, line: number): Tag {
  if (groups?.['remark'] !== undefined) return { sign: '!', name: '', line };
  const { sign = '{{', name = '' } = groups ?? {};
  return { sign, name: name.trim(), line };
}

/** What a tag takes up: a section's tag or a remark that stands alone on its line takes the line with it. */
function extentOf(source: string, match: RegExpExecArray, { sign }: Tag): readonly [number, number] {
  const { index } = match;
  const end = index + match[0].length;
  const lineStart = source.lastIndexOf('\n', index - 1) + 1;
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(source.slice(end, endOfLine(source, end)));
  const isAlone = sign !== '' && source.slice(lineStart, index).trim() === '' && rest !== null;
  return isAlone ? [lineStart, end + rest[0].length] : [index, end];
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end + 1;
}

function faultOf({ sign, name }: Tag, { values, conditions }: TemplateNames): string | undefined {
  if (sign === '!') return undefined;
  if (sign === '{{') return '{{ is not closed by }}';
  if (sign === '{' || sign === '&') return 'values without escaping are not to be had: write {{name}}';
  if (values.includes(name)) return undefined;
  if (!conditions.includes(name)) return unknownName(name, [...values, ...conditions]);
  return sign === ''
    ? `{{${name}}} is no value: it only opens a section, {{#${name}}}…{{/${name}}}`
    : undefined;
}

function unknownName(name: string, known: readonly string[]): string {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  const guess = nearest(name.slice(0, LONGEST_NAME), known);
  const rest = guess === undefined ? `there are ${known.join(', ')}` : `did you mean {{${guess}}}?`;
  return `{{${oneLine(shown)}}} is no placeholder; ${rest}`;
}

/** Puts a tag in its place; a sentence where it has none. */
function place(tag: Tag, open: OpenSection[], root: Piece[]): string | undefined {
  const { sign, name, line } = tag;
  if (sign === '#' || sign === '^') open.push({ ...tag, pieces: [] });
  if (sign === '') (open.at(-1)?.pieces ?? root).push({ kind: 'value', name, line });
  return sign === '/' ? close(name, open, root) : undefined;
}

function close(name: string, open: OpenSection[], root: Piece[]): string | undefined {
  const section = open.pop();
  if (section === undefined) return `{{/${name}}} closes what was never opened`;
  if (section.name !== name) {
    return `{{/${name}}} closes {{${section.sign}${section.name}}} of line ${section.line}`;
  }
  const isInverted = section.sign === '^';
  (open.at(-1)?.pieces ?? root).push({ kind: 'section', name, isInverted, pieces: section.pieces });
  return undefined;
}

/** The values of a template by name; empty and missing are the same. */
export type TemplateValues = Readonly<Record<string, string | undefined>>;

/** Fills in a template; each value goes through `escape` once and is never read as a template. */
export function renderTemplate(
  template: Template,
  values: TemplateValues,
  escape: (value: string) => string,
): string {
  return template.map((piece) => renderPiece(piece, values, escape)).join('');
}

function renderPiece(piece: Piece, values: TemplateValues, escape: (value: string) => string): string {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'value':
      return escape(values[piece.name] ?? '');
    case 'section':
      return ((values[piece.name] ?? '') !== '') === piece.isInverted
        ? ''
        : renderTemplate(piece.pieces, values, escape);
  }
}

/** Where a template would show `name` outside of a section that asks for it; undefined where it nowhere does. */
export function unguardedLine(template: Template, name: string): number | undefined {
  for (const piece of template) {
    if (piece.kind === 'value' && piece.name === name) return piece.line;
    if (piece.kind !== 'section' || (piece.name === name && !piece.isInverted)) continue;
    const line = unguardedLine(piece.pieces, name);
    if (line !== undefined) return line;
  }
  return undefined;
}

/** Text as HTML shows it, within an element or an attribute in quotes; the ends of its lines stay. */
export function escapeHtml(text: string): string {
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
  return escaped.replaceAll('\n', '<br>\n');
}
