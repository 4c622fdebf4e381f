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

/** A tag; one of a section that stands alone on its line takes the line with it. */
const TAG =
  /^[ \t]*\{\{\s*(?<alone>[#^/!])(?<aloneName>[^{}]*)\}\}[ \t]*(?:\r?\n|$(?![^]))|\{\{(?<sign>[#^/!&{]?)(?<name>[^{}]*)\}\}|\{\{/gm;

/**
 * Reads `{{name}}`, `{{#name}}…{{/name}}` (when there is one), `{{^name}}…{{/name}}` (when there is none) and
 * `{{! remarks }}`. Nothing in a template is evaluated.
 */
export function parseTemplate(source: string, names: TemplateNames): ParsedTemplate {
  const root: Piece[] = [];
  const open: OpenSection[] = [];
  let end = 0;
  for (const match of source.matchAll(TAG)) {
    const pieces = open.at(-1)?.pieces ?? root;
    if (match.index > end) pieces.push({ kind: 'text', text: source.slice(end, match.index) });
    end = match.index + match[0].length;
    const tag = tagOf(match, lineAt(source, match.index + match[0].indexOf('{{')));
    const sentence = faultOf(tag, names) ?? apply(tag, pieces, open, root);
    if (sentence !== undefined) return { kind: 'fault', line: tag.line, sentence };
  }
  root.push({ kind: 'text', text: source.slice(end) });
  const left = open.at(-1);
  return left === undefined
    ? { kind: 'template', template: root }
    : { kind: 'fault', line: left.line, sentence: `{{${left.sign}${left.name}}} is never closed` };
}

function tagOf({ groups }: RegExpExecArray, line: number): Tag {
  const sign = groups?.['alone'] ?? groups?.['sign'];
  const name = groups?.['aloneName'] ?? groups?.['name'];
  return { sign: name === undefined ? '{{' : (sign ?? ''), name: (name ?? '').trim(), line };
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
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
function apply(tag: Tag, pieces: Piece[], open: OpenSection[], root: Piece[]): string | undefined {
  const { sign, name, line } = tag;
  if (sign === '!') return undefined;
  if (sign === '#' || sign === '^') {
    open.push({ ...tag, pieces: [] });
    return undefined;
  }
  if (sign === '') {
    pieces.push({ kind: 'value', name, line });
    return undefined;
  }
  const section = open.pop();
  if (section === undefined) return `{{/${name}}} closes what was never opened`;
  if (section.name !== name)
    return `{{/${name}}} closes {{${section.sign}${section.name}}} of line ${section.line}`;
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
