import iconv from 'iconv-lite';

/** A file as spreadsheets, exports and accidents leave them, and what has to be said of it. */
export interface TortureFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly encoding?: string;
  /** `key verdict` of every row, in order, the key as results.csv has it: a cell that is no text is no key. */
  readonly rows?: readonly string[];
  /** The code of what makes it unreadable, and where that is. */
  readonly fatal?: readonly [code: string, line: number, column: number];
  /** Names that the one warning of unknown columns has. */
  readonly unknown?: readonly string[];
}

/** The domains for which Google knows a Cloud Identity that may be imported. */
export const DOMAINS = ['a', 'b', 'c', 'd'].map((name) => `${name}.example.com`);

const A = 'a.example.com';
const B = 'b.example.com';
const C = 'c.example.com';
const LONG = 'x'.repeat(100_000);
const PLAIN = `id,domain,locality\n1,${A},Köln\n2,${B},東京\n`;

function bytes(...parts: readonly (string | readonly number[])[]): Buffer {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  );
}

function inEncoding(text: string, encoding: string, bom = true): Buffer {
  return iconv.encode(text, encoding, { addBOM: bom });
}

const ENCODINGS: readonly TortureFile[] = [
  {
    name: 'UTF-8 with a byte order mark before a quoted header',
    content: `\ufeff"id","domain"\n1,${A}\n`,
    rows: ['1 ok'],
  },
  { name: 'a byte order mark twice', content: `\ufeff\ufeffid,domain\n1,${A}\n`, rows: ['1 ok'] },
  { name: 'a byte order mark in a cell', content: `id,domain\n\ufeff1,\ufeff${A}\n`, rows: ['1 ok'] },
  { name: 'UTF-16 LE', content: inEncoding(PLAIN, 'utf-16le'), rows: ['1 ok', '2 ok'] },
  {
    name: 'UTF-16 BE with CRLF',
    content: inEncoding(PLAIN.replaceAll('\n', '\r\n'), 'utf-16be'),
    rows: ['1 ok', '2 ok'],
  },
  {
    name: 'UTF-16 LE as Excel saves "Unicode text"',
    content: inEncoding(PLAIN.replaceAll(',', '\t').replaceAll('\n', '\r\n'), 'utf-16le'),
    rows: ['1 ok', '2 ok'],
  },
  {
    name: 'UTF-16 whose characters hold the bytes of quotes and newlines',
    content: inEncoding(`id,domain,Notes\n1,${A},\u0a22\u220a\u0d2c\u2c0d\n`, 'utf-16be'),
    rows: ['1 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'UTF-16 LE without a byte order mark',
    content: inEncoding(PLAIN, 'utf-16le', false),
    fatal: ['book.utf16_without_bom', 1, 1],
  },
  {
    name: 'UTF-16 with half a character at its end',
    content: Buffer.concat([inEncoding(PLAIN, 'utf-16le'), Buffer.of(0x41)]),
    fatal: ['book.invalid_bytes', 4, 1],
  },
  {
    name: 'a lone surrogate in UTF-16',
    content: bytes(
      [0xff, 0xfe],
      [...Buffer.from(`id,domain\n1,${A}\n2,`, 'utf16le')],
      [0x3d, 0xd8],
      [...Buffer.from(`${B}\n`, 'utf16le')],
    ),
    fatal: ['book.invalid_bytes', 3, 3],
  },
  {
    name: 'a surrogate as three bytes of UTF-8 (CESU-8)',
    content: bytes(`id,domain\n1,${A}\n2,`, [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], `\n`),
    fatal: ['book.invalid_bytes', 3, 3],
  },
  {
    name: 'windows-1252 taken for UTF-8',
    content: inEncoding(`id,domain,locality\n1,${A},Köln\n`, 'windows-1252'),
    fatal: ['book.invalid_bytes', 2, 18],
  },
  {
    name: 'windows-1252 by its name',
    content: inEncoding(`id;domain;locality\n1;${A};Köln “5 €”\n`, 'windows-1252'),
    encoding: 'windows-1252',
    rows: ['1 ok'],
  },
  {
    name: 'windows-1252 with a byte that nobody uses',
    content: bytes(`id,domain,locality\n1,${A},K`, [0x81], `ln\n2,${B},\n`),
    encoding: 'windows-1252',
    rows: ['1 cell.control_character', '2 ok'],
  },
  {
    name: 'an overlong slash in UTF-8',
    content: bytes(`id,domain\n1,${A}`, [0xc0, 0xaf], '\n'),
    fatal: ['book.invalid_bytes', 2, 16],
  },
  {
    name: 'UTF-8 cut off in its last character',
    content: bytes(`id,domain,locality\n1,${A},K`, [0xc3]),
    fatal: ['book.invalid_bytes', 2, 18],
  },
  {
    name: 'invalid bytes behind an emoji, counted as characters',
    content: bytes(`id,domain\n\u{1F600}\u{1F600},`, [0xff], '\n'),
    fatal: ['book.invalid_bytes', 2, 4],
  },
  {
    name: 'invalid bytes in the header',
    content: bytes('id,domain,', [0xff], '\n'),
    fatal: ['book.invalid_bytes', 1, 11],
  },
  {
    name: 'Shift JIS, where a backslash is half of a character',
    content: inEncoding(`id,domain,locality\n1,${A},ソ表\n2,${B},"能,十"\n`, 'shift_jis'),
    encoding: 'shift_jis',
    rows: ['1 ok', '2 ok'],
  },
  {
    name: 'a gzip file by mistake',
    content: bytes([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
    fatal: ['book.invalid_bytes', 1, 2],
  },
];

const LINES: readonly TortureFile[] = [
  {
    name: 'carriage returns alone',
    content: `id,domain\r1,${A}\r2,${B}\r`,
    fatal: ['book.cr_line_ends', 1, 10],
  },
  {
    name: 'a carriage return alone between rows',
    content: `id,domain\n1,${A}\r2,${B}\n3,${C}\n`,
    rows: [' row.ragged', '3 ok'],
  },
  {
    name: 'every kind of newline in one file',
    content: `id,domain\r\n1,${A}\n2,${B}\r\r\n3,${C}\n\r\n`,
    rows: ['1 ok', '2 ok', '3 ok'],
  },
  {
    name: 'newlines of three kinds in quoted cells',
    content: `id,domain,Notes\n1,${A},"a\nb"\n2,${B},"a\r\nb"\n3,${C},"a\rb"\n`,
    rows: ['1 ok', '2 ok', '3 cell.control_character'],
    unknown: ['Notes'],
  },
  {
    name: 'a newline in the name of a column',
    content: `id,"domain","Account\r\nmanager"\r\n1,${A},Kim\r\n`,
    rows: ['1 ok'],
    unknown: ['Account\r\nmanager'],
  },
  { name: 'no newline at its end', content: `id,domain\n1,${A}\n2,${B}`, rows: ['1 ok', '2 ok'] },
  { name: 'no newline behind a quoted cell at its end', content: `id,domain\n1,"${A}"`, rows: ['1 ok'] },
  { name: 'a carriage return at its end', content: `id,domain\n1,${A}\r`, rows: ['1 ok'] },
  {
    name: 'empty lines everywhere',
    content: `\n\r\n \nid,domain\n\n1,${A}\n\t\n\n2,${B}\n\n\n`,
    rows: ['1 ok', '2 ok'],
  },
  { name: 'form feeds and vertical tabs as lines', content: `id,domain\n\f\n1,${A}\n\v\n`, rows: ['1 ok'] },
  {
    name: 'line and paragraph separators, which end no line',
    content: `id,domain,Notes\n1,${A},a\u2028b\u2029c\u0085\n2,${B},\n`,
    rows: ['1 cell.control_character', '2 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'the end-of-file character of DOS',
    content: `id,domain\n1,${A}\n\u001a`,
    rows: ['1 ok', ' row.ragged'],
  },
  { name: 'nothing', content: '', fatal: ['book.empty', 1, 1] },
  { name: 'a byte order mark alone', content: '\ufeff', fatal: ['book.empty', 1, 1] },
  { name: 'a header alone', content: 'id,domain', rows: [] },
];

const QUOTES: readonly TortureFile[] = [
  {
    name: 'quotes inside quotes',
    content: `id,domain,Notes\n1,${A},"the ""big"" one"\n2,${B},""""\n3,${C},""""""\n`,
    rows: ['1 ok', '2 ok', '3 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'quotes in the middle of a cell',
    content: `id,domain,Notes\n1,${A},19" rack\n2,${B},6' 2"\n`,
    rows: ['1 ok', '2 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'text behind a closing quote',
    content: `id,domain,Notes\n1,${A},"Acme" Ltd\n2,${B},x\n`,
    rows: [' row.stray_quote', '2 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'a backslash before a quote',
    content: `id,domain,Notes\n1,${A},"a \\" b"\n2,${B},x\n`,
    rows: [' row.stray_quote', '2 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'blanks around quoted cells',
    content: `id,domain\n1 , "${A}" \n\t2,\u00a0"${B}"\u00a0\n`,
    rows: ['1 ok', '2 ok'],
  },
  {
    name: 'a quote that never closes',
    content: `id,domain\n1,${A}\n2,"${B}\n3,${C}\n`,
    fatal: ['book.unclosed_quote', 3, 3],
  },
  {
    name: 'a quote that never closes, behind an emoji',
    content: `id,domain\n1,${A}\n\u{1F600},"${B}\n`,
    fatal: ['book.unclosed_quote', 3, 3],
  },
  {
    name: 'a quote that never closes on the last line',
    content: `id,domain\n1,${A}\n2,${B}\n"`,
    fatal: ['book.unclosed_quote', 4, 1],
  },
  {
    name: 'a quote that never closes in the header',
    content: `id,"domain\n1,${A}\n`,
    fatal: ['book.unclosed_quote', 1, 4],
  },
  {
    name: 'typographic quotes, which quote nothing',
    content: `id,domain,Notes\n1,${A},“a”\n`,
    rows: ['1 ok'],
    unknown: ['Notes'],
  },
];

const SHAPES: readonly TortureFile[] = [
  {
    name: 'semicolons, and commas in cells',
    content: `id;domain;Notes\n1;${A};a,b\n`,
    rows: ['1 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'tabs, and both in cells',
    content: `id\tdomain\tNotes\n1\t${A}\ta,b;c\n`,
    rows: ['1 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'a delimiter in a quoted name, and others in the next',
    content: `"Name, legal";"a	b";domain;id\nx;y;${A};1\n`,
    rows: ['1 ok'],
    unknown: ['Name, legal', 'a\tb'],
  },
  {
    name: 'the line by which Excel is told the delimiter',
    content: `sep=;\nid;domain\n1;${A}\n`,
    fatal: ['book.no_header', 1, 1],
  },
  {
    name: 'a delimiter at the end of every line',
    content: `id,domain,\n1,${A},\n2,${B},\n`,
    rows: ['1 ok', '2 ok'],
  },
  {
    name: 'delimiters at the end of rows alone',
    content: `id,domain\n1,${A},\n2,${B},,\n3,${C}\n`,
    rows: [' row.ragged', ' row.ragged', '3 ok'],
  },
  {
    name: 'rows too short and too long',
    content: `id,domain,Notes\n1\n2,${B}\n3,${C},x,y\n1,${A},x\n`,
    rows: [' row.ragged', ' row.ragged', ' row.ragged', '1 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'an unquoted delimiter in a cell',
    content: `id,domain,locality\n1,${A},Köln, am Rhein\n2,${B},Bonn\n`,
    rows: [' row.ragged', '2 ok'],
  },
  {
    name: 'rows of delimiters alone',
    content: `id,domain\n,\n1,${A}\n,,,,\n" ",""\n`,
    rows: [' row.empty', '1 ok', ' row.empty', ' row.empty'],
  },
  {
    name: 'blank, ignored and unknown names',
    content: `id,domain,,_x,_x,Notes,  ,zip code\n1,${A},a,b,c,d,e,f\n`,
    rows: ['1 ok'],
    unknown: ['Notes', 'zip code'],
  },
  { name: 'a name twice', content: `id,domain,id\n1,${A},1\n`, fatal: ['book.duplicate_column', 1, 11] },
  {
    name: 'a name twice, once in quotes behind a newline',
    content: `id,domain,"x\ny",  "id"\n1,${A},,\n`,
    fatal: ['book.duplicate_column', 2, 4],
  },
  {
    name: 'names in capitals, which are not ours',
    content: `Id,DOMAIN\n1,${A}\n`,
    fatal: ['book.no_header', 1, 1],
  },
  {
    name: 'an invisible character in a name',
    content: `id,do\u200bmain\n1,${A}\n`,
    fatal: ['book.missing_column', 1, 1],
  },
  {
    name: 'a line of delimiters before the header',
    content: `,,\nid,domain,Notes\n1,${A},x\n`,
    fatal: ['book.no_header', 1, 1],
  },
  {
    name: 'an empty quoted cell before the header',
    content: `""\nid,domain,Notes\n1,${A},x\n`,
    fatal: ['book.empty', 1, 1],
  },
  { name: 'data where the header should be', content: `1,${A}\n2,${B}\n`, fatal: ['book.no_header', 1, 1] },
  {
    name: 'the columns of an earlier errors.csv',
    content: `id,domain,_row,_line,_outcome,_error_code,_error_column,_error_message,_hint\n1,${A},9,9,invalid,x,y,"bell\u0007 ${LONG}",\n`,
    rows: ['1 ok'],
  },
  {
    name: 'notes where nothing else is',
    content: `id,domain,_note\n,,see the mail\n1,${A},\n`,
    rows: [' row.empty', '1 ok'],
  },
];

const CELLS: readonly TortureFile[] = [
  {
    name: 'formulas',
    content: `id,domain,Notes\n=1+1,${A},=cmd|' /C calc'!A0\n@x,${B},-2+3\n+49,${C},+49\n`,
    rows: ["'=1+1 ok", "'@x ok", "'+49 ok"],
    unknown: ['Notes'],
  },
  {
    name: 'our apostrophe',
    content: `id,domain,Notes\n'=1+1,${A},'=x\n'-5,${B},'@x\n`,
    rows: ["'=1+1 ok", "'-5 ok"],
    unknown: ['Notes'],
  },
  {
    name: "a user's own apostrophe",
    content: `id,domain,Notes\n'7,${A},'n Sync\n''=7,${B},'\n`,
    rows: ["'7 ok", "''=7 ok"],
    unknown: ['Notes'],
  },
  {
    name: 'the same key behind our apostrophe',
    content: `id,domain\n=1,${A}\n'=1,${B}\n`,
    rows: ["'=1 ok", "'=1 row.duplicate_key"],
  },
  {
    name: 'tabs in cells',
    content: `id,domain,Notes\n1,${A},"a\tb"\n2,${B},"\ta"\n`,
    rows: ['1 ok', '2 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'NULs',
    content: `id,domain,Notes\n1,${A},a\0b\n2\0,${B},\n3,c\0.example.com,\n`,
    rows: ['1 cell.control_character', `${B} cell.control_character`, '3 cell.control_character'],
    unknown: ['Notes'],
  },
  {
    name: 'a cell of 100,000 characters',
    content: `id,domain,Notes\n1,${A},${LONG}\n2,${B},\n`,
    rows: ['1 cell.too_long', '2 ok'],
    unknown: ['Notes'],
  },
  {
    name: 'a key of 100,000 characters',
    content: `id,domain\n${LONG},${A}\n2,${B}\n`,
    rows: [`${A} cell.too_long`, '2 ok'],
  },
  {
    name: 'a row of five megabytes',
    content: `id,domain\n1,${A}\n2,${'x'.repeat(5_000_000)}\n`,
    fatal: ['book.record_too_large', 3, 1],
  },
  {
    name: 'what a spreadsheet makes of numbers',
    content: `id,domain,cloud_identity_id,postal_code,region_code\n4.9E+10,${A},,,\n2,${B},1.2E+05,,\n3,${C},,2134,US\n`,
    rows: [`${A} cell.scientific_notation`, '2 cell.scientific_notation', '3 postal_code.leading_zero'],
  },
  {
    name: 'keys like numbers and dates, which stay text',
    content: `id,domain\n007,${A}\n7,${B}\n2026-11-25,${C}\n`,
    rows: ['007 ok', '7 ok', '2026-11-25 ok'],
  },
  {
    name: 'a character composed and decomposed',
    content: `id,domain,org_display_name\né,${A},é\ne\u0301,${B},e\u0301\n`,
    rows: ['é ok', 'e\u0301 ok'],
  },
  {
    name: 'emoji of many parts',
    content: `id,domain,org_display_name\n1,${A},\u{1F469}\u200d\u{1F4BB}\u{1F3F4}\u{E0067}\u{E007F}\n`,
    rows: ['1 ok'],
  },
  {
    name: 'characters of no width',
    content: `id,domain,org_display_name\n1,${A},\u200b\u2060\n2,${B},Acme\u200b\n3,c\u200b.example.com,\n`,
    rows: ['1 text.invisible', '2 ok', '3 ok'],
  },
  {
    name: 'blanks that are none of ASCII',
    content: `id,domain\n\u00a01\u3000,\u2003${A}\u00a0\n`,
    rows: ['1 ok'],
  },
  {
    name: 'text that runs from right to left',
    content: `id,domain,org_display_name\n1,${A},\u202eemca\n2,${B},שלום\n`,
    rows: ['1 ok', '2 ok'],
  },
  {
    name: 'escape sequences for a terminal',
    content: `id,domain,Notes\n1,${A},\u001b[2J\n`,
    rows: ['1 cell.control_character'],
    unknown: ['Notes'],
  },
  {
    name: 'names of what every object has',
    content: `id,domain,constructor,__proto__,toString\nconstructor,${A},x,y,z\n__proto__,${B},x,y,z\n`,
    rows: ['constructor ok', '__proto__ ok'],
    unknown: ['constructor', 'toString'],
  },
];

export const CORPUS: readonly TortureFile[] = [...ENCODINGS, ...LINES, ...QUOTES, ...SHAPES, ...CELLS];
