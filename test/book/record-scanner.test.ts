import { describe, expect, it } from 'vitest';
import { createRecordScanner } from '../../src/book/record-scanner.ts';
import { splitRecords, toRow } from '../../src/book/split-records.ts';
import { FatalError } from '../../src/model/fatal.ts';
import type { Delimiter } from '../../src/model/book.ts';
import { aGenerator, pick } from './random.ts';

const PIECES = [
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\u00a0',
  '\u3000',
  '\ufeff',
  '\0',
  'a',
  'ä',
  'x y',
];
const DELIMITERS: readonly Delimiter[] = [',', ';', '\t'];

/** The rows of a text that arrives in these pieces; for a text that cannot be read, why. */
function read(pieces: readonly string[], delimiter: Delimiter) {
  const scanner = createRecordScanner('book', delimiter);
  const rows: unknown[] = [];
  function take(scanned: ReturnType<typeof scanner.end>): void {
    splitRecords('book', scanned, delimiter).forEach((record, index) => {
      rows.push(toRow(scanned, index, record, rows.length + 1));
    });
  }
  try {
    for (const piece of pieces) take(scanner.push(Buffer.from(piece)));
    take(scanner.end());
    return { rows, problem: undefined };
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    return { rows, problem: error.message };
  }
}

describe('createRecordScanner', () => {
  it('agrees with the parser about records, whatever the text and wherever it is cut', () => {
    const random = aGenerator(7);
    let unclosed = 0;
    for (let round = 0; round < 4_000; round++) {
      const pieces = Array.from({ length: random(24) }, () => pick(random, PIECES));
      const delimiter = pick(random, DELIMITERS);
      const whole = read([pieces.join('')], delimiter);
      expect({ pieces, ...read(pieces, delimiter) }).toMatchObject({ problem: whole.problem });
      if (whole.problem === undefined)
        expect({ pieces, ...read(pieces, delimiter) }).toEqual({ pieces, ...whole });
      else unclosed++;
      expect(whole.problem ?? 'never closed').toContain('never closed');
    }
    expect(unclosed).toBeGreaterThan(100);
    expect(unclosed).toBeLessThan(3_900);
  });

  it('gives the line of every record', () => {
    const random = aGenerator(11);
    for (let round = 0; round < 300; round++) {
      let line = 1;
      const expected: number[] = [];
      const records = Array.from({ length: random(20) }, () => {
        const newline = pick(random, ['\n', '\r\n']);
        const record = pick(random, ['a,b', '"a\nb",c', '"\r\n\n",', '"a""\n""",b', '', ' ']) + newline;
        if (record.trim() !== '') expected.push(line);
        line += record.split('\n').length - 1;
        return record;
      });
      const { rows } = read([records.join('')], ',');
      expect(rows.map((row) => (row as { line: number }).line)).toEqual(expected);
    }
  });
});
