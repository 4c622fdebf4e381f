import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { invalidBytes, type Position } from './book-errors.ts';
import type { BookFile } from './book-file.ts';
import type { BookEncoding } from './encoding.ts';

/**
 * The text of a book as UTF-8 bytes, the byte order mark taken off. Every piece holds whole characters.
 *
 * @throws FatalError `book.invalid_bytes`, with line and column, at the first bytes that mean nothing
 */
export function decodedText(
  file: BookFile,
  chunks: AsyncIterable<Buffer>,
  encoding: BookEncoding,
): AsyncGenerator<Buffer, void, undefined> {
  const bytes = withoutBom(chunks, encoding.bomBytes);
  return encoding.label === 'utf-8' ? checkedUtf8(file, bytes, encoding) : transcoded(file, bytes, encoding);
}

async function* withoutBom(chunks: AsyncIterable<Buffer>, bomBytes: number): AsyncGenerator<Buffer> {
  let left = bomBytes;
  for await (const chunk of chunks) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    yield chunk.subarray(skipped);
  }
}

/** UTF-8 goes through as it is: checking it costs a fraction of what decoding and encoding it again would. */
async function* checkedUtf8(file: BookFile, chunks: AsyncIterable<Buffer>, encoding: BookEncoding) {
  let position = encoding.bomBytes;
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const whole = bytes.length - unfinishedBytes(bytes);
    const text = bytes.subarray(0, whole);
    if (!isUtf8(text)) throw await invalidAt(file, encoding, position);
    position += whole;
    pending = bytes.subarray(whole);
    yield text;
  }
  if (pending.length > 0) throw await invalidAt(file, encoding, position);
}

/** How many bytes at the end begin a character that the next chunk may finish: 0 to 3. */
function unfinishedBytes(bytes: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes[bytes.length - count] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > count ? count : 0;
  }
  return 0;
}

async function* transcoded(file: BookFile, chunks: AsyncIterable<Buffer>, encoding: BookEncoding) {
  const decoder = strictDecoder(encoding);
  let position = encoding.bomBytes;
  for await (const chunk of chunks) {
    const text = decodeOrUndefined(decoder, chunk);
    if (text === undefined) throw await invalidAt(file, encoding, position);
    position += chunk.length;
    yield Buffer.from(text, 'utf8');
  }
  const rest = decodeOrUndefined(decoder, undefined);
  if (rest === undefined) throw await invalidAt(file, encoding, position);
  yield Buffer.from(rest, 'utf8');
}

function strictDecoder(encoding: BookEncoding): TextDecoder {
  return new TextDecoder(encoding.label, { fatal: true, ignoreBOM: true });
}

/** Undefined where the bytes are not valid; no bytes at all ends the text. */
function decodeOrUndefined(decoder: TextDecoder, bytes: Uint8Array | undefined): string | undefined {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/** Reads the file again up to the chunk at `position`, then byte by byte, to tell line and column exactly. */
async function invalidAt(file: BookFile, encoding: BookEncoding, position: number): Promise<Error> {
  const decoder = strictDecoder(encoding);
  let place: Position = { line: 1, column: 1 };
  let offset = encoding.bomBytes;
  for (;;) {
    const chunk = await file.readAt(offset);
    if (chunk.length === 0) return invalidBytes(file.path, place, encoding.label);
    const sure = Math.max(0, Math.min(chunk.length, position - offset));
    place = advance(place, decodeOrUndefined(decoder, chunk.subarray(0, sure)) ?? '');
    for (let index = sure; index < chunk.length; index++) {
      const text = decodeOrUndefined(decoder, chunk.subarray(index, index + 1));
      if (text === undefined) return invalidBytes(file.path, place, encoding.label);
      place = advance(place, text);
    }
    offset += chunk.length;
  }
}

/** The position after `text`; a line ends with LF, columns count characters. */
export function advance(from: Position, text: string): Position {
  const lines = text.split('\n');
  const last = Array.from(lines.at(-1) ?? '').length;
  return lines.length === 1
    ? { line: from.line, column: from.column + last }
    : { line: from.line + lines.length - 1, column: last + 1 };
}
