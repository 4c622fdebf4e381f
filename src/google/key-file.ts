import { createPrivateKey } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { EXIT, FatalError } from '../model/fatal.ts';

/** What is needed of a service account key; `privateKey` is a secret. */
export interface ServiceAccountKey {
  readonly email: string;
  readonly privateKey: string;
  readonly keyId: string | undefined;
  /** Numeric id by which domain-wide delegation knows the account. */
  readonly clientId: string | undefined;
  readonly projectId: string | undefined;
}

const KEY = z.looseObject({
  type: z.literal('service_account').optional(),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  client_id: z.string().optional(),
  project_id: z.string().optional(),
});

/**
 * Reads a service account key (JSON, as the Google Cloud console hands it out).
 *
 * @throws FatalError 78 naming the file and what is wrong with it, never anything that stands in it
 */
export async function readKeyFile(path: string): Promise<ServiceAccountKey> {
  const result = KEY.safeParse(parsed(path, await content(path)));
  if (!result.success) {
    const fields = result.error.issues.map(({ path: at }) => at.join('.') || 'the file as a whole');
    throw bad(path, `is no service account key: ${[...new Set(fields)].join(', ')} missing or wrong`);
  }
  const { client_email, private_key, private_key_id, client_id, project_id } = result.data;
  if (!isRsaKey(private_key)) throw bad(path, 'holds a private_key that is no RSA key in PEM form');
  return {
    email: client_email,
    privateKey: private_key,
    keyId: private_key_id,
    clientId: client_id,
    projectId: project_id,
  };
}

/** Whether others than its owner may read the file; false where the system has no such permissions. */
export async function isReadableByOthers(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const { mode } = await stat(path);
  return (mode & 0o044) !== 0;
}

async function content(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw bad(path, `cannot be read (${code})`);
  }
}

/** The parser's own message would quote the file. */
function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw bad(path, 'is not JSON');
  }
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function bad(path: string, fault: string): FatalError {
  return new FatalError(
    EXIT.config,
    'auth.key_file',
    `the key file ${path} ${fault}`,
    'Name the JSON key of a service account with --key-file, or leave it out to use application default credentials.',
  );
}
