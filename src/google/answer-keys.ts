/**
 * Whether an answer in which everything may be missing is that answer all the same: empty, or with one of its own
 * fields. What a proxy says in JSON must never pass for "Google has no customers".
 */
export function hasOnlyAnswerKeys(json: unknown, own: readonly string[]): boolean {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
  const keys = Object.keys(json);
  return keys.length === 0 || (!keys.includes('error') && keys.some((key) => own.includes(key)));
}
