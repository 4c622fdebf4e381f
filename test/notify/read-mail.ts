/** A mail taken apart by hand, so that nodemailer does not judge its own work. */
export interface ReadMail {
  /** By name in small letters, unfolded and with encoded words decoded. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parts by content type, decoded. */
  readonly parts: Readonly<Record<string, string>>;
}

export function readMail(raw: Buffer): ReadMail {
  const [head, body] = split(raw.toString('latin1'));
  const headers = readHeaders(head);
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1];
  const entities = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1);
  return { headers, parts: Object.fromEntries(entities.map((entity) => readPart(entity.slice(2)))) };
}

function split(text: string): readonly [string, string] {
  const end = text.indexOf('\r\n\r\n');
  return [text.slice(0, end), text.slice(end + 4)];
}

function readHeaders(head: string): Record<string, string> {
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }),
  );
}

function decodeWords(text: string): string {
  const joined = text.replace(/\?=\s+=\?/g, '?==?');
  return joined.replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, form: string, word: string) =>
    form.toUpperCase() === 'B'
      ? Buffer.from(word, 'base64').toString()
      : quotedPrintable(word.replaceAll('_', ' ')),
  );
}

function readPart(entity: string): readonly [string, string] {
  const [head, body] = split(entity);
  const headers = readHeaders(head);
  const type = (headers['content-type'] ?? '').split(';')[0] ?? '';
  return [
    type,
    decode(body, headers['content-transfer-encoding'] ?? '7bit')
      .replaceAll('\r\n', '\n')
      .trim(),
  ];
}

function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? quotedPrintable(body.replace(/=\r\n/g, '')) : body;
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
