import { invalidArgument } from './errors.ts';
import type { Customer } from './resources.ts';

/*
 * The filter of customer lists: `domain = "a.example" OR org_display_name : "Ac*"`.
 *
 *   expression  = operand { AND operand } | operand { OR operand }
 *   operand     = "(" expression ")" | comparison
 *   comparison  = field ( "=" | ":" ) value
 *
 * Four fields compare with `=`; `domain` and `org_display_name` also by prefix, `: "v*"`. Case is ignored.
 * AND beside OR needs parentheses (https://docs.cloud.google.com/channel/docs/concepts/google-cloud/filter-customers).
 */

/** A value that customers are found by. */
export interface SearchKey {
  readonly field: 'domain' | 'cloudIdentityId';
  /** In lower case. */
  readonly value: string;
}

export interface CustomerFilter {
  matches(customer: Customer): boolean;
  /** Every customer that matches has one of these; undefined where the filter tells no such values. */
  readonly keys: readonly SearchKey[] | undefined;
}

const FIELDS: Readonly<Record<string, (customer: Customer) => string | undefined>> = {
  domain: (customer) => customer.domain,
  org_display_name: (customer) => customer.orgDisplayName,
  cloud_identity_id: (customer) => customer.cloudIdentityId,
  channel_partner_id: (customer) => customer.channelPartnerId,
};
const KEY_FIELDS: Readonly<Record<string, SearchKey['field']>> = {
  domain: 'domain',
  cloud_identity_id: 'cloudIdentityId',
};
const PREFIX_FIELDS: ReadonlySet<string> = new Set(['domain', 'org_display_name']);
const MAX_DEPTH = 40;

const TOKEN =
  /\s*(?:(?<mark>[()=:])|"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>(?:[^'\\]|\\.)*)'|(?<word>[^\s()=:"']+))/y;

interface Token {
  readonly kind: 'mark' | 'quoted' | 'word';
  readonly text: string;
}

/** Reads a filter; throws INVALID_ARGUMENT. */
export function parseFilter(filter: string): CustomerFilter {
  const tokens = tokenize(filter);
  const read = readExpression(tokens, 0);
  const rest = tokens.shift();
  if (rest !== undefined) throw invalidFilter(`unexpected "${rest.text}"`);
  return read;
}

function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  const end = filter.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(filter)?.groups;
    if (groups === undefined) throw invalidFilter(`cannot be read from "${filter.slice(at)}" on`);
    tokens.push(tokenOf(groups));
  }
  return tokens;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token {
  const { mark, double, single, word } = groups;
  if (mark !== undefined) return { kind: 'mark', text: mark };
  if (word !== undefined) return { kind: 'word', text: word };
  return { kind: 'quoted', text: (double ?? single ?? '').replace(/\\(.)/g, '$1') };
}

function readExpression(tokens: Token[], depth: number): CustomerFilter {
  if (depth > MAX_DEPTH) throw invalidFilter('too many parentheses');
  const operands = [readOperand(tokens, depth)];
  const joiner = joinerAt(tokens);
  while (joiner !== undefined && joinerAt(tokens) !== undefined) {
    if (joinerAt(tokens) !== joiner) throw invalidFilter('AND and OR need parentheses where both occur');
    tokens.shift();
    operands.push(readOperand(tokens, depth));
  }
  return joiner === 'OR' ? anyOf(operands) : allOf(operands);
}

function anyOf(operands: readonly CustomerFilter[]): CustomerFilter {
  const isKeyed = operands.every(({ keys }) => keys !== undefined);
  return {
    matches: (customer) => operands.some((operand) => operand.matches(customer)),
    keys: isKeyed ? operands.flatMap(({ keys }) => keys ?? []) : undefined,
  };
}

function allOf(operands: readonly CustomerFilter[]): CustomerFilter {
  return {
    matches: (customer) => operands.every((operand) => operand.matches(customer)),
    keys: operands.find(({ keys }) => keys !== undefined)?.keys,
  };
}

function joinerAt(tokens: readonly Token[]): 'AND' | 'OR' | undefined {
  const next = tokens[0];
  if (next?.kind !== 'word') return undefined;
  return next.text === 'AND' || next.text === 'OR' ? next.text : undefined;
}

function readOperand(tokens: Token[], depth: number): CustomerFilter {
  const first = tokens.shift();
  if (first?.kind === 'mark' && first.text === '(') {
    const inner = readExpression(tokens, depth + 1);
    if (tokens.shift()?.text !== ')') throw invalidFilter('a parenthesis is not closed');
    return inner;
  }
  if (first?.kind !== 'word') throw invalidFilter('a field is missing');
  return readComparison(first.text, tokens.shift(), tokens.shift());
}

function readComparison(
  field: string,
  operator: Token | undefined,
  value: Token | undefined,
): CustomerFilter {
  const read = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (read === undefined) throw invalidFilter(`field "${field}" cannot be filtered by`);
  if (operator?.kind !== 'mark' || value === undefined || value.kind === 'mark') {
    throw invalidFilter(`"${field}" needs = or : and a value`);
  }
  const wanted = value.text.toLowerCase();
  if (operator.text === '=') {
    const key = wanted === '' ? undefined : KEY_FIELDS[field];
    return {
      matches: (customer) => (read(customer) ?? '').toLowerCase() === wanted,
      keys: key === undefined ? undefined : [{ field: key, value: wanted }],
    };
  }
  if (operator.text !== ':' || !wanted.endsWith('*') || !PREFIX_FIELDS.has(field)) {
    throw invalidFilter(`"${field} ${operator.text} ${value.text}" is not supported`);
  }
  const prefix = wanted.slice(0, -1);
  return {
    matches: (customer) => (read(customer) ?? '').toLowerCase().startsWith(prefix),
    keys: undefined,
  };
}

function invalidFilter(why: string): Error {
  const description = `Invalid list filter: ${why}.`;
  return invalidArgument(description, [{ field: 'filter', description }]);
}
