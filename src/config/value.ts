import type { Option } from './options.ts';

export type ParsedValue =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'fault'; readonly sentence: string };

/** Reads what stood on a command line or in the environment (text) or in the config file (JSON). Pure. */
export function parseValue(option: Option, raw: unknown): ParsedValue {
  switch (option.type) {
    case 'string':
      return parseString(option, raw);
    case 'number':
      return parseNumber(option, raw);
    case 'boolean':
      return parseBoolean(raw);
    case 'list':
      return parseList(raw);
    case 'strings':
      return parseStrings(raw);
    case 'numbers':
      return parseNumbers(option, raw);
    case 'waivers':
      return parseWaivers(raw);
    case 'json':
      return typeof raw === 'string' || isRecord(raw) ? value(raw) : fault('must be a text or an object');
  }
}

function value(parsed: unknown): ParsedValue {
  return { kind: 'value', value: parsed };
}

function fault(sentence: string): ParsedValue {
  return { kind: 'fault', sentence };
}

function parseString(option: Option, raw: unknown): ParsedValue {
  if (typeof raw !== 'string' && typeof raw !== 'number') return fault('must be one text');
  const text = String(raw).trim();
  if (text === '' && option.key !== 'emulator') return fault('must not be empty');
  if (option.choices !== undefined && !option.choices.includes(text)) {
    return fault(`must be one of ${option.choices.join(', ')}, not "${text}"`);
  }
  if (option.pattern !== undefined && !option.pattern.test(text)) {
    return fault(`must be ${option.patternText ?? 'well formed'}, not "${text}"`);
  }
  const wrong = option.faultOf?.(text);
  return wrong === undefined ? value(text) : fault(wrong);
}

function parseNumber(option: Option, raw: unknown): ParsedValue {
  const text = typeof raw === 'number' ? String(raw) : raw;
  const min = option.min ?? 0;
  if (typeof text !== 'string' || !/^[0-9]+$/.test(text.trim()) || Number(text) < min) {
    return fault(`must be a whole number, ${min} or more, not ${JSON.stringify(raw)}`);
  }
  return value(Number(text));
}

function parseBoolean(raw: unknown): ParsedValue {
  if (typeof raw === 'boolean') return value(raw);
  if (raw === 'true' || raw === '1') return value(true);
  if (raw === 'false' || raw === '0') return value(false);
  return fault(`must be true or false, not ${JSON.stringify(raw)}`);
}

function parseList(raw: unknown): ParsedValue {
  const items = Array.isArray(raw) ? (raw as unknown[]) : [raw];
  if (!items.every((item) => typeof item === 'string' && item.trim() !== '')) {
    return fault('must be one or more texts');
  }
  return value(items.map((item) => (item as string).trim()));
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function parseStrings(raw: unknown): ParsedValue {
  if (!isRecord(raw)) return fault('must be an object of names');
  for (const [name, text] of Object.entries(raw)) {
    if (typeof text !== 'string') return fault(`"${name}" must be a text, not ${JSON.stringify(text)}`);
  }
  return value(raw);
}

function parseNumbers(option: Option, raw: unknown): ParsedValue {
  if (!isRecord(raw)) return fault('must be an object of numbers');
  const defaults = option.default as Record<string, number>;
  for (const [name, number] of Object.entries(raw)) {
    if (!Object.hasOwn(defaults, name)) {
      return fault(`has no "${name}"; it knows ${Object.keys(defaults).join(', ')}`);
    }
    if (typeof number !== 'number' || !Number.isInteger(number) || number < (option.min ?? 0)) {
      return fault(
        `"${name}" must be a whole number, ${option.min ?? 0} or more, not ${JSON.stringify(number)}`,
      );
    }
  }
  return value({ ...defaults, ...raw });
}

/** The safety limits that can be waived (contract, section 7). */
const WAIVABLE = ['creates', 'imports', 'updates', 'shrink'];

function parseWaivers(raw: unknown): ParsedValue {
  const given = isRecord(raw) ? Object.entries(raw).map(([kind, rows]) => `${kind}=${String(rows)}`) : raw;
  const items = Array.isArray(given) ? (given as unknown[]) : [given];
  const waivers: Record<string, number> = {};
  for (const item of items) {
    const match = typeof item === 'string' ? /^([a-z]+)=([0-9]+)$/.exec(item.trim()) : null;
    const kind = match?.[1];
    if (kind === undefined || !WAIVABLE.includes(kind)) {
      return fault(`must be KIND=N with KIND one of ${WAIVABLE.join(', ')}, not ${JSON.stringify(item)}`);
    }
    waivers[kind] = Number(match?.[2]);
  }
  return value(waivers);
}
