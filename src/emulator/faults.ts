import {
  codeOfStatus,
  htmlAnswer,
  legacyAnswer,
  oauthAnswer,
  retryAfter,
  statusAnswer,
  textAnswer,
  withHeaders,
} from './answers.ts';
import type { Answer } from './answers.ts';
import type { ErrorFormat } from './apis.ts';
import { CODES, errorInfo, grpcNumber, retryInfo } from './errors.ts';
import type { Code } from './errors.ts';
import { usualFault } from './legacy-errors.ts';
import type { LegacyFault } from './legacy-errors.ts';
import type { OperationFate } from './method.ts';
import type { Bucket } from './world-schema.ts';
import { parseFault } from './world.ts';
import type { Fault } from './world.ts';

/** What a fault rule can tell of a call. */
export interface FaultSubject {
  /** API method such as `customers.import`, or `token`. */
  readonly method: string;
  /** Domains that the call is about; found only when a rule asks. */
  domains(): readonly string[];
  /** Resource or parent in the path, such as `accounts/C0/customers/S1`. */
  readonly name: string;
  /** Whether it would start an operation that has an effect. */
  readonly startsOperation: boolean;
  /** Query and body. */
  readonly text: string;
}

/** The fault rules of an emulator, in order of precedence, each with its count of matching calls. */
export interface Faults {
  /** The rule that strikes this call. Rules behind it do not see the call. */
  strike(subject: FaultSubject): StruckFault | undefined;
  /** Adds a rule behind the others and returns its ID; throws WorldError. */
  add(fault: unknown): string;
  list(): readonly StruckFault[];
  clear(): void;
}

export type StruckFault = Fault & { readonly id: string };

interface Rule {
  readonly fault: StruckFault;
  matched: number;
  struck: number;
}

export function createFaults(initial: readonly Fault[]): Faults {
  const rules: Rule[] = [];
  let added = 0;
  function add(fault: Fault): string {
    added += 1;
    const id = fault.id ?? `fault-${added}`;
    rules.push({ fault: { ...fault, id }, matched: 0, struck: 0 });
    return id;
  }
  initial.forEach(add);
  return {
    strike: (subject) => rules.find((rule) => strikes(rule, subject))?.fault,
    add: (fault) => add(parseFault(fault)),
    list: () => rules.map((rule) => rule.fault),
    clear: () => {
      rules.length = 0;
    },
  };
}

function strikes(rule: Rule, subject: FaultSubject): boolean {
  const { fault } = rule;
  if (fault.count !== null && rule.struck >= fault.count) return false;
  if (!matches(fault, subject)) return false;
  rule.matched += 1;
  if (rule.matched < fault.nth || (rule.matched - fault.nth) % fault.every !== 0) return false;
  rule.struck += 1;
  return true;
}

/** What can be done only to calls that start operations; such rules see no other call. */
const ON_OPERATIONS: ReadonlySet<Fault['do']> = new Set(['fail-operation', 'stall-operation']);

function matches(fault: Fault, subject: FaultSubject): boolean {
  if (ON_OPERATIONS.has(fault.do) && !subject.startsOperation) return false;
  if (fault.method !== '*' && fault.method !== subject.method) return false;
  if (fault.name !== undefined && !isAt(subject.name, fault.name)) return false;
  if (fault.contains !== undefined && !subject.text.includes(fault.contains)) return false;
  return fault.domain === undefined || subject.domains().includes(fault.domain.toLowerCase());
}

function isAt(name: string, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}/`);
}

/** What a rule does to the operation that the call starts; undefined for a rule that does something else. */
export function operationFate(fault: Fault): OperationFate | undefined {
  switch (fault.do) {
    case 'fail-operation': {
      const { code = 'INTERNAL', message = `Struck by a fault rule: ${code}.` } = fault;
      const details = detailsOf(fault);
      const error = { code: grpcNumber(code), message, ...(details.length > 0 ? { details } : {}) };
      return { delayMs: fault.operationMs, error };
    }
    case 'stall-operation':
      return { delayMs: fault.operationMs ?? Infinity, error: undefined };
    default:
      return undefined;
  }
}

/** What was called, as far as its errors look like it. */
interface Called {
  readonly errors: ErrorFormat | 'oauth';
  readonly bucket: Bucket | undefined;
}

/**
 * The error that a rule answers, in the format of the API that was called unless the rule names another. `heard` is
 * what the caller sent, for rules that repeat it.
 */
export function faultAnswer(fault: Fault, called: Called, heard: string, now: number): Answer {
  const answer = errorAnswer(fault, called, heard);
  if (fault.retryAfterSeconds === undefined) return answer;
  return withHeaders(answer, retryAfter(fault.retryAfterAs, fault.retryAfterSeconds, now));
}

function errorAnswer(fault: Fault, { errors, bucket }: Called, heard: string): Answer {
  const { code, status } = codeAndStatus(fault);
  const message = `${fault.message ?? `Struck by a fault rule: ${code}.`}${fault.echo ? ` You sent: ${heard}` : ''}`;
  const format = fault.format ?? errors;
  if (fault.body !== undefined) return rawAnswer(fault.body, status, format);
  switch (format) {
    case 'status':
      return statusAnswer(status, { code, message, details: detailsOf(fault) });
    case 'legacy':
      return legacyAnswer(status, { message, ...legacyReason(fault, status, bucket) });
    case 'oauth':
      return oauthAnswer(status, fault.reason ?? 'invalid_grant', message);
    case 'text':
      return textAnswer(status, message);
    case 'html':
      return htmlAnswer(status, message);
  }
}

function legacyReason(
  { reason }: Fault,
  status: number,
  bucket: Bucket | undefined,
): Omit<LegacyFault, 'message'> {
  return reason === undefined ? usualFault(status, bucket) : { reason };
}

function rawAnswer(body: string, status: number, format: NonNullable<Fault['format']>): Answer {
  const kind = format === 'text' ? textAnswer(status, '') : htmlAnswer(status, '');
  const json = { 'content-type': 'application/json; charset=UTF-8' };
  return { status, headers: format === 'text' || format === 'html' ? kind.headers : json, body };
}

function codeAndStatus(fault: Fault): { readonly code: string; readonly status: number } {
  const code = fault.code ?? (fault.status === undefined ? 'UNAVAILABLE' : codeOfStatus(fault.status));
  const usual = Object.hasOwn(CODES, code) ? CODES[code as Code].http : 400;
  return { code, status: fault.status ?? usual };
}

function detailsOf(fault: Fault): readonly object[] {
  return [
    ...(fault.reason === undefined ? [] : [errorInfo(fault.reason)]),
    ...(fault.retryInfoSeconds === undefined ? [] : [retryInfo(fault.retryInfoSeconds)]),
    ...(fault.details ?? []),
  ];
}
