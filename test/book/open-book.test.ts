import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openBook } from '../../src/book/open-book.ts';
import { aBook, aDirectory, cellsOf, fatalOf, OPTIONS, readBook } from './a-book.ts';

describe('openBook', () => {
  it('gives header, rows with their lines, and the digest of the bytes', async () => {
    const content = 'id,domain,Notes\r\n1,example.com,x\r\n\r\n2,example.org,"a\r\nb"\r\n3,example.net,y';
    const book = await readBook(aBook(content));
    expect(book.header).toEqual({
      columns: [
        { name: 'id', column: 'id' },
        { name: 'domain', column: 'domain' },
        { name: 'Notes', column: undefined },
      ],
      delimiter: ',',
      encoding: 'utf-8',
      bom: false,
      newline: '\r\n',
    });
    expect(book.rows).toEqual([
      { row: 1, line: 2, cells: ['1', 'example.com', 'x'] },
      { row: 2, line: 4, cells: ['2', 'example.org', 'a\r\nb'] },
      { row: 3, line: 6, cells: ['3', 'example.net', 'y'] },
    ]);
    expect(book.digest).toEqual({
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: Buffer.byteLength(content),
      rows: 3,
    });
  });

  it.each([
    ['comma', 'id,domain\n1,a;b\n', ['1', 'a;b']],
    ['semicolon', 'id;domain\n1;a,b\n', ['1', 'a,b']],
    ['tab', 'id\tdomain\n1\ta,b\n', ['1', 'a,b']],
    ['a comma in a quoted name', '"Name, legal";domain;id\nx;y;z\n', ['x', 'y', 'z']],
    ['a quote that never closes under another', 'domain,a;"x\n1,a\n2,b\n', ['1', 'a'], ['2', 'b']],
    ['one column only', 'domain\nexample.com\n', ['example.com']],
  ])('finds the delimiter from the header: %s', async (_, content, ...rows) => {
    expect(await cellsOf(content)).toEqual(rows);
  });

  it.each([
    ['trims cells', 'id,domain\n  1\t, example.com \u00a0\n', [['1', 'example.com']]],
    ['takes a quote inside a cell literally', 'id,domain\n1,19" rack\n', [['1', '19" rack']]],
    ['reads doubled quotes', 'id,domain\n1,"a ""b"" c"\n', [['1', 'a "b" c']]],
    ['lets blanks stand around quoted cells', 'id,domain\n1 , "a, ""b""" \n', [['1', 'a, "b"']]],
    ['keeps newlines in quoted cells', 'id,domain\n1,"a\nb"\n', [['1', 'a\nb']]],
    ['takes our apostrophe off again', "id,domain\n'=1+1,'@x\n", [['=1+1', '@x']]],
    ['keeps an apostrophe of the text', "id,domain\n'n Sync,o'x\n", [["'n Sync", "o'x"]]],
    [
      'skips blank lines',
      '\n \nid,domain\n\n1,a\n \t \n2,b\n\n',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    [
      'keeps a row of delimiters',
      'id,domain\n,\n1,a\n',
      [
        ['', ''],
        ['1', 'a'],
      ],
    ],
    ['hands ragged rows on', 'id,domain\n1\n1,2,3\n4,5\n', [['1'], ['1', '2', '3'], ['4', '5']]],
    [
      'mixes line ends',
      'id,domain\r\n1,a\n2,b\r\n',
      [
        ['1', 'a'],
        ['2', 'b'],
      ],
    ],
    ['copes with doubled carriage returns', 'id,domain\r\r\n1,a\r\r\n', [['1', 'a']]],
    ['needs no rows', 'id,domain\n', []],
    ['needs no newline after the header', 'id,domain', []],
    [
      'reads a NUL as part of its cell',
      'id,domain\n1,a\0b\n2,c\n',
      [
        ['1', 'a\0b'],
        ['2', 'c'],
      ],
    ],
  ])('%s', async (_, content, cells) => {
    expect(await cellsOf(content)).toEqual(cells);
  });

  it('marks a row with text after a closing quote and goes on with the next line', async () => {
    const { rows } = await readBook(aBook('id,domain\n1,"a"b\n2,"c" \n3,d\n'));
    expect(rows).toEqual([
      { row: 1, line: 2, cells: ['1', '"a"b'], strayQuote: true },
      { row: 2, line: 3, cells: ['2', 'c'] },
      { row: 3, line: 4, cells: ['3', 'd'] },
    ]);
  });

  it('counts lines through quoted cells with CRLF, LF and blank lines', async () => {
    const { rows } = await readBook(aBook('domain,"no\r\nte"\r\n1,"\r\n\r\n"\r\n\r\n2,"a\nb"\n3,x\n'));
    expect(rows.map(({ line }) => line)).toEqual([3, 7, 9]);
  });

  it('reads cells of a megabyte', async () => {
    const long = 'x'.repeat(1_000_000);
    expect(await cellsOf(`id,domain\n1,${long}\n2,"${long}\n"\n3,a\n`)).toEqual([
      ['1', long],
      ['2', long],
      ['3', 'a'],
    ]);
  });

  it('maps the names of the config, exactly and after trimming, and prefers them', async () => {
    const content = ' Primary Domain , domain ,_x,_x\nexample.com,y,,\n';
    const { header } = await readBook(aBook(content), {
      columns: { 'Primary Domain': 'domain', domain: 'locality' },
    });
    expect(header.columns).toEqual([
      { name: 'Primary Domain', column: 'domain' },
      { name: 'domain', column: 'locality' },
      { name: '_x', column: undefined },
      { name: '_x', column: undefined },
    ]);
  });

  it('warns of unknown and unnamed columns and of mappings without a column, once each', async () => {
    const { warnings } = await readBook(aBook('domain,Zip Code,Notes,_mine,\na.com,,,,\n'), {
      columns: { Company: 'org_display_name' },
    });
    expect(warnings).toEqual([
      {
        rule: 'book.unknown_column',
        column: undefined,
        message: 'Unknown columns, kept but not used: "Zip Code", "Notes".',
        hint: 'Put this into the config if it is what you mean: "columns": {"Zip Code":"postal_code"}',
      },
      {
        rule: 'book.unnamed_column',
        column: undefined,
        message: 'The header leaves 1 of its columns without a name.',
        hint: 'Name these columns, or remove them; what they hold is kept but not used.',
      },
      {
        rule: 'book.unused_mapping',
        column: undefined,
        message: 'The config maps columns that the header does not have: "Company".',
        hint: 'Check how these names are spelled in the book; capitals count.',
      },
    ]);
  });

  it.each([
    ['an unclosed quote', 'id,domain\n1,a\n2,"b\n3,c\n', 'book.unclosed_quote', 'line 3, column 3'],
    ['an unclosed quote in the header', 'id,"domain\n1,a\n', 'book.unclosed_quote', 'line 1, column 4'],
    [
      'a quote that stays open for megabytes',
      `id,domain\n1,"ä\n2,ö ,"b","${'y,y\n'.repeat(1_200_000)}`,
      'book.unclosed_quote',
      'line 3, column 10',
    ],
    [
      'a row without an end',
      `id,domain\n1,${'y'.repeat(5_000_000)}`,
      'book.record_too_large',
      'line 2, column 1',
    ],
    ['an empty file', '', 'book.empty', 'line 1, column 1'],
    ['blanks alone', ' \n\r\n\t\n', 'book.empty', 'line 1, column 1'],
    ['carriage returns alone', 'id,domain\r1,a\r2,b\r', 'book.cr_line_ends', 'line 1, column 10'],
    ['a name twice', 'id,domain,"x\ny",id\n', 'book.duplicate_column', 'line 2, column 4'],
    ['an unknown name twice', 'domain,Notes,Notes\n', 'book.duplicate_column', 'line 1, column 14'],
    ['data instead of a header', 'example.com,C0123,tok\n', 'book.no_header', 'line 1, column 1'],
    ['no identity', '\nid,org_display_name\n', 'book.missing_column', 'line 2, column 1'],
  ])('refuses %s with line and column', async (_, content, code, place) => {
    const path = aBook(content);
    const fatal = await fatalOf(path, readBook(path));
    expect(fatal).toMatchObject({ exitCode: 65, code });
    expect(fatal.message).toContain(`BOOK, ${place}:`);
  });

  it('refuses two names that the config maps to one column', async () => {
    const path = aBook('Web,domain\n');
    expect(await fatalOf(path, readBook(path, { columns: { Web: 'domain' } }))).toEqual({
      exitCode: 65,
      code: 'book.duplicate_column',
      message: 'BOOK, line 1, column 5: the header\'s columns "Web" and "domain" mean the same.',
      next: 'Keep one of them, or put _ before the name of the one to ignore.',
    });
  });

  it('reads no more of a book without a header than it needs to see that', async () => {
    const path = aBook(`,,\n${'1,a.example.com,x\n'.repeat(100_000)}`);
    const read = vi.spyOn(Buffer, 'concat');
    onTestFinished(() => {
      read.mockRestore();
    });
    expect(await fatalOf(path, readBook(path))).toMatchObject({ exitCode: 65, code: 'book.no_header' });
    expect(read.mock.results.every(({ value }) => (value as Buffer).length <= 64 * 1024)).toBe(true);
  });

  it('proposes a mapping for names that look like ours, and does not apply it', async () => {
    const path = aBook('Primary Domain,Company,Domian,Token\nexample.com,a,b,c\n');
    expect(await fatalOf(path, readBook(path))).toEqual({
      exitCode: 65,
      code: 'book.no_header',
      message:
        'BOOK, line 1, column 1: the first line holds none of the book\'s column names (found 4 cells, such as "Primary Domain", "Company", "Domian", "Token").',
      next: 'Put this into the config if it is what you mean: "columns": {"Primary Domain":"domain","Company":"org_display_name","Token":"auth_token"}',
    });
  });

  it('shows nothing of a first line that may be data', async () => {
    const path = aBook('acme.example.com,info@acme.com,4/0AX4XfWh-secret\n');
    const { message } = await fatalOf(path, readBook(path));
    expect(message).toBe(
      "BOOK, line 1, column 1: the first line holds none of the book's column names (found 3 cells).",
    );
  });

  it.each([
    ['import', 'id,domain', undefined],
    ['import', 'primary_admin_email', undefined],
    ['import', 'id', 'one of cloud_identity_id, domain, primary_admin_email'],
    ['import', 'id,action', undefined],
    ['auto', 'id', undefined],
    ['auto', 'locality', 'one of cloud_identity_id, domain, primary_admin_email, customer, id'],
    ['create', 'domain,org_display_name,region_code', 'postal_code; address_line_1'],
    ['provision', 'domain,admin_email', 'admin_given_name; admin_family_name'],
    [
      'onboard',
      'primary_admin_email,org_display_name,region_code,postal_code,contact_first_name',
      'contact_last_name',
    ],
    [
      'onboard',
      'id',
      'domain; org_display_name; region_code; postal_code; contact_first_name; contact_last_name; alternate_email; admin_email; admin_given_name; admin_family_name',
    ],
    [
      'onboard',
      'domain,org_display_name,region_code,postal_code,contact_first_name,contact_last_name,alternate_email',
      'admin_email; admin_given_name; admin_family_name',
    ],
    [
      'onboard',
      'domain,primary_admin_email,org_display_name,region_code,contact_first_name,contact_last_name',
      'postal_code',
    ],
    [
      'onboard',
      'domain,primary_admin_email,org_display_name,region_code,postal_code,contact_first_name,contact_last_name',
      undefined,
    ],
    ['onboard', 'action', undefined],
    ['skip', 'id', undefined],
  ] as const)('with action %s and the header %s lacks %s', async (action, header, missing) => {
    const path = aBook(`${header}\n`);
    const refusal = await readBook(path, { action }).then(
      () => undefined,
      (error: unknown) => (error as Error).message.replaceAll(path, 'BOOK'),
    );
    const expected = `BOOK, line 1, column 1: the header lacks what the action "${action}" needs: ${missing ?? ''}.`;
    expect(refusal).toBe(missing === undefined ? undefined : expected);
  });
});

describe('openBook, the file', () => {
  it('names a file nearby when there is none', async () => {
    const path = aBook('id\n', 'customers.csv');
    const wrong = join(dirname(path), 'custmers.csv');
    expect(await fatalOf(dirname(path), openBook(wrong, OPTIONS))).toEqual({
      exitCode: 66,
      code: 'book.missing',
      message: 'There is no book at BOOK/custmers.csv.',
      next: `Did you mean ${path}?`,
    });
    const elsewhere = await fatalOf('', openBook(join(path, 'x'), OPTIONS));
    expect(elsewhere).toMatchObject({ exitCode: 66, code: 'book.missing' });
  });

  it('refuses a directory and a pipe, without waiting for the pipe', async () => {
    const directory = aDirectory();
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await fatalOf(directory, openBook(directory, OPTIONS))).toMatchObject({
      exitCode: 65,
      code: 'book.not_a_file',
      message: 'BOOK is a directory, not a file.',
    });
    expect(await fatalOf(pipe, openBook(pipe, OPTIONS))).toMatchObject({
      exitCode: 65,
      code: 'book.not_a_file',
      message: 'BOOK is a pipe, not a file.',
    });
  });

  it.skipIf(process.getuid?.() === 0)('refuses a file that may not be read', async () => {
    const path = aBook('id\n');
    chmodSync(path, 0);
    expect(await fatalOf(path, openBook(path, OPTIONS))).toMatchObject({
      exitCode: 65,
      code: 'book.not_readable',
    });
  });

  it.each([
    [
      'grows',
      (path: string) => {
        appendFileSync(path, '2,b\n');
      },
    ],
    [
      'is replaced',
      (path: string) => {
        writeFileSync(`${path}.new`, 'id,domain\n1,a\n');
        renameSync(`${path}.new`, path);
      },
    ],
    [
      'breaks',
      (path: string) => {
        writeFileSync(path, 'id,domain\n"');
      },
    ],
    [
      'goes away',
      (path: string) => {
        renameSync(path, `${path}.old`);
        mkdirSync(path);
      },
    ],
  ])('refuses a file that %s while it is read', async (_, change) => {
    const path = aBook(`id,domain\n${'1,a\n'.repeat(100_000)}`);
    const book = await openBook(path, OPTIONS);
    change(path);
    async function read(): Promise<void> {
      for await (const batch of book.batches()) expect(batch).not.toEqual([]);
    }
    expect(await fatalOf(path, read())).toEqual({
      exitCode: 3,
      code: 'book.changed',
      message: 'BOOK changed while it was read.',
      next: 'Run the command again when nothing writes to the file any more.',
    });
    await book.close();
  });
});
