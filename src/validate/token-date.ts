import type { Problem } from '../model/customer.ts';
import type { CellContext } from './cell-check.ts';
import { fault } from './rules.ts';

/** Days that a transfer token lives (Channel Services guide "Transfer"; other pages of Google's say 30). */
export const TOKEN_DAYS = 14;

const DAY_MS = 86_400_000;
/** Clocks and time zones differ: tomorrow may be today. */
const FUTURE_MS = DAY_MS;
/** Day 0 of the serial numbers by which spreadsheets keep dates. */
const SERIAL_EPOCH_MS = Date.UTC(1899, 11, 30);

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|[+-]\d{2}:?\d{2})?$/i;

/** `YYYY-MM-DD`, or an instant as `YYYY-MM-DDTHH:MM:SS.sssZ`; a time without a zone is taken as UTC. */
export function checkTokenDate(value: string, context: CellContext): string | Problem {
  const date = toInstant(value);
  if (date === undefined) {
    const message = `auth_token_created is no ISO 8601 date: ${context.show(value)}.`;
    return fault('auth_token_created.syntax', 'auth_token_created', message, hint(value));
  }
  if (date.ms - context.now > FUTURE_MS) {
    const message = `auth_token_created lies in the future: ${context.show(value)}.`;
    const advice = 'Write the day on which the customer made the token.';
    return fault('auth_token_created.future', 'auth_token_created', message, advice);
  }
  return date.text;
}

/** A warning where a date as `checkTokenDate` returns it lies more than 14 days back. */
export function expiredToken(date: string, now: number): Problem | undefined {
  const ageDays = (now - Date.parse(date)) / DAY_MS;
  // A date without a time may be that day's last minute: it is old when the whole day is.
  if ((DATE.test(date) ? Math.floor(ageDays) : ageDays) <= TOKEN_DAYS) return undefined;
  return fault(
    'auth_token_created.expired',
    'auth_token_created',
    `The token was made ${Math.floor(ageDays)} days ago; Google lets tokens expire after ${TOKEN_DAYS} days.`,
    "Ask the customer's super admin for a new token.",
  );
}

interface Instant {
  /** As the row keeps it. */
  readonly text: string;
  readonly ms: number;
}

/** Dates that have been read; a book names few different ones. */
const read = new Map<string, Instant | undefined>();
const READ_LIMIT = 1000;

function toInstant(value: string): Instant | undefined {
  if (read.has(value)) return read.get(value);
  if (read.size >= READ_LIMIT) read.clear();
  const instant = readInstant(value);
  read.set(value, instant);
  return instant;
}

function readInstant(value: string): Instant | undefined {
  if (DATE.test(value)) {
    const ms = dayStart(value);
    return ms === undefined ? undefined : { text: value, ms };
  }
  const [, day = '', time = '', zone = 'Z'] = DATE_TIME.exec(value) ?? [];
  if (day === '' || dayStart(day) === undefined) return undefined;
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : { text: new Date(ms).toISOString(), ms };
}

/** Undefined for a day that no calendar has, such as 30 February. */
function dayStart(date: string): number | undefined {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && isoDay(ms) === date ? ms : undefined;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function hint(value: string): string {
  const day = dayMeant(value);
  return day === undefined ? 'Write it as YYYY-MM-DD.' : `Write ${day} if that is the day.`;
}

/** What `31.12.2026`, `12/31/2026` or a spreadsheet's serial number most likely means. */
function dayMeant(value: string): string | undefined {
  if (/^\d{5}(?:[.,]\d+)?$/.test(value)) return isoDay(SERIAL_EPOCH_MS + Number(value.slice(0, 5)) * DAY_MS);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(value);
  if (dotted !== null) return checkedDay(dotted[3], dotted[2], dotted[1]);
  const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value);
  if (slashed !== null) {
    return checkedDay(slashed[3], slashed[1], slashed[2]) ?? checkedDay(slashed[3], slashed[2], slashed[1]);
  }
  const yearFirst = /^(\d{4})[./](\d{1,2})[./](\d{1,2})$/.exec(value);
  return yearFirst === null ? undefined : checkedDay(yearFirst[1], yearFirst[2], yearFirst[3]);
}

function checkedDay(year = '', month = '', day = ''): string | undefined {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return dayStart(date) === undefined ? undefined : date;
}
