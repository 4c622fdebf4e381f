import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';

describe('nearest', () => {
  it.each([
    ['aply', ['validate', 'apply'], 'apply'],
    ['VALIDATE', ['validate', 'apply'], 'validate'],
    ['concurency', ['concurrency', 'currency'], 'concurrency'],
    ['lst', ['list', 'lists'], 'list'],
    ['y', ['yes', 'out'], 'yes'],
    ['ab', ['cd', 'xy'], undefined],
    ['zzzz', ['validate', 'apply'], undefined],
    ['abc', ['xyz'], undefined],
    ['apply', [], undefined],
  ])('guesses from %s among %j: %s', (name, candidates, guess) => {
    expect(nearest(name, candidates)).toBe(guess);
  });
});
