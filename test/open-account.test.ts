import { describe, expect, it } from 'vitest';
import { deadlineAt } from '../src/open-account.ts';

function local(day: number, hours: number, minutes: number): number {
  return new Date(2026, 10, day, hours, minutes).getTime();
}

describe('deadlineAt', () => {
  it.each([
    ['later today', '06:30', local(22, 1, 0), local(22, 6, 30)],
    ['tomorrow, where the time is past', '06:30', local(22, 7, 0), local(23, 6, 30)],
    ['tomorrow, where it is this very minute', '06:30', local(22, 6, 30), local(23, 6, 30)],
  ])('is %s', (_, text, from, at) => {
    expect(deadlineAt(text, from)).toBe(at);
  });
});
