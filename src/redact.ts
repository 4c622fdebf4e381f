/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

// Shapes of secrets that no row names: bearer headers, Google access tokens, JWTs, PEM keys.
const KNOWN_SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:bearer|oauth)\s+[\w.~+/=-]+/gi,
  /\bya29\.[\w.-]+/g,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g,
  /(?<=\b(?:access_token|authToken|auth_token|customerAuthToken|assertion|password|private_key)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
];

// Shorter ones stand in other text by chance, once they are encoded.
const ENCODED_LENGTH = 6;
// Of the standard and of the URL alphabet, as JSON and addresses may spell them.
const PLUS = '(?:[+-]|%2[Bb])';
const SLASH = String.raw`(?:\\?/|_|%2[Ff])`;
const PADDING = '(?:=|%3[Dd]){0,2}';
const ANY_CHARACTER = String.raw`(?:[\w+-]|\\?/|%2[BFbf])`;

/**
 * `text` without the given secrets, in any spelling and case, in base64 and hex, and without anything shaped like a
 * token or key.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  // The longer first: taking out a part of one would leave the rest.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret.length < 2) continue;
    for (const spelling of spellings(secret)) {
      clean = replaceAllIgnoringCase(clean, spelling);
      if (spelling.length >= ENCODED_LENGTH) clean = withoutEncoded(clean, Buffer.from(spelling));
    }
  }
  for (const shape of KNOWN_SHAPES) clean = clean.replace(shape, REDACTED);
  return clean;
}

/** The forms in which a server may echo a value: as it is, as JSON, as part of an address. */
function spellings(secret: string): readonly string[] {
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])];
}

function replaceAllIgnoringCase(text: string, part: string): string {
  const pattern = new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  return text.replace(pattern, REDACTED);
}

/** In hex, and in base64 at each of the three places in a group of bytes at which the secret may begin. */
function withoutEncoded(text: string, secret: Buffer): string {
  const hex = secret.toString('hex');
  let clean = text.toLowerCase().includes(hex) ? replaceAllIgnoringCase(text, hex) : text;
  const plain = inOneAlphabet(text);
  for (const before of [0, 1, 2]) {
    const core = base64Core(secret, before);
    // Nearly no text holds one, and looking costs a hundredth of making a pattern.
    if (plain.includes(core)) clean = clean.replace(base64Pattern(core, secret.length, before), REDACTED);
  }
  return clean;
}

function inOneAlphabet(text: string): string {
  return text.replace(/-|%2B/gi, '+').replace(/_|%2F|\\\//gi, '/');
}

/** The characters, of six bits each, that hold nothing but `secret` when `before` other bytes come before it. */
function base64Core(secret: Buffer, before: number): string {
  const characters = Buffer.concat([Buffer.alloc(before), secret]).toString('base64');
  return characters.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6));
}

/** The core with the characters at its edges that hold bits of a neighbour as well. */
function base64Pattern(core: string, length: number, before: number): RegExp {
  const inAnyAlphabet = core.replace(/[+/]/g, (character) => (character === '+' ? PLUS : SLASH));
  const head = before === 0 ? '' : `${ANY_CHARACTER}?`;
  const tail = ((before + length) * 8) % 6 === 0 ? '' : `${ANY_CHARACTER}?`;
  return new RegExp(`${head}${inAnyAlphabet}${tail}${PADDING}`, 'g');
}

/** An address without the user name and password that it may carry. */
export function redactUrl(address: string): string {
  return address.replace(/^(https?:\/\/)[^/@]*@/i, `$1${REDACTED}@`);
}
