const RELATIVE = /^([+-]?)(\d+)([dhms])$/;
const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** A time of a world file in milliseconds since the epoch; `-10d` and the like count from `now`. */
export function resolveWhen(when: string, now: number): number {
  const [, sign, amount, unit] = RELATIVE.exec(when) ?? [];
  if (amount === undefined) return Date.parse(when);
  const distance = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return sign === '-' ? now - distance : now + distance;
}

/** RFC 3339, as Google writes its times. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
