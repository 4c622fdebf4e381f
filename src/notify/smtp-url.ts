import { settingFault, type ParsedSetting } from './parsed-setting.ts';

/**
 * Reads an address like `smtp://user:password@host:587?requireTLS=true` into the object that it stands for.
 *
 * What is wrong is said without quoting the address, for it may hold a password.
 */
export function readSmtpUrl(text: string): ParsedSetting<Readonly<Record<string, unknown>>> {
  if (!/^smtps?:\/\//i.test(text.trim())) return settingFault('must be an smtp:// or smtps:// address');
  const url = URL.parse(text.trim());
  if (url === null || url.hostname === '' || url.hash !== '' || !['', '/'].includes(url.pathname)) {
    return settingFault(
      'must be an address like smtp://user:password@host:587; in a user or password write # / ? @ % as %23 %2F %3F %40 %25',
    );
  }
  try {
    return { kind: 'value', value: parts(url) };
  } catch {
    // decodeURIComponent, which names no value
    return settingFault('has a % that stands for no character: write it as %25');
  }
}

function parts(url: URL): Readonly<Record<string, unknown>> {
  const isSecure = url.protocol.toLowerCase() === 'smtps:';
  return {
    ...queryParts(url.searchParams),
    host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(isSecure ? { secure: true } : {}),
    ...(url.username === '' ? {} : { user: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  };
}

/** The query as nodemailer reads it: true, false and numbers are such, and a dot leads into an object. */
function queryParts(query: URLSearchParams): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [key, text] of query) {
    const [outer = '', inner] = key.split('.', 2);
    const value = valueOf(text);
    found[outer] = inner === undefined ? value : { ...(found[outer] as object | undefined), [inner]: value };
  }
  return found;
}

function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}
