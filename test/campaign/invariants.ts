import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Emulator } from '../../src/emulator/server.ts';
import { files, intentOf, intents, table, writtenPasswords, type Reports } from './evidence.ts';
import type { AtGoogle, CampaignRow, Write } from './rows.ts';
import { serverWrites, type ServerWrite } from './server-log.ts';

/**
 * What must hold, whatever happened (docs/architecture.md):
 *
 * - `exit`: the program ended in a way that an honest failure at the server explains.
 * - `counts`: each row has one line, and the counts add up.
 * - `lost`: what is reported done is at Google, and in the end all is that should be.
 * - `twice`: no create, insert, user or provisioning had its effect twice.
 * - `unexplained`: what changed at Google belongs to a row that asked for it and says so.
 * - `intent`: nothing was sent that the ledger has no intent for.
 * - `quota`: the server turned nothing away.
 * - `again`: the same book once more writes nothing.
 * - `secret`: no secret is in a file that is not for it.
 */
export type Invariant =
  'exit' | 'counts' | 'lost' | 'twice' | 'unexplained' | 'intent' | 'quota' | 'again' | 'secret';

export interface Broken {
  readonly invariant: Invariant;
  readonly text: string;
}

/** What invariants are held against. */
export interface Scene {
  readonly rows: readonly CampaignRow[];
  readonly emulator: Emulator;
  readonly folder: string;
  readonly accessToken: string;
}

const WELL: ReadonlySet<string> = new Set(['done', 'unchanged']);

/** Fine, rows that did not end well, rows in doubt, and a server that could not be read. */
const HONEST_EXITS: ReadonlySet<number | null> = new Set([0, 1, 4, 69]);

/** After a run that came to its end: its reports are whole and true, whatever is left to do. */
export function brokenByRun(
  scene: Scene,
  exitCode: number | null,
  reports: Reports | undefined,
): readonly Broken[] {
  if (!HONEST_EXITS.has(exitCode))
    return [broken('exit', `the program ended with ${exitCode ?? 'a signal'}`)];
  if (reports === undefined) return [broken('counts', 'a run that came to its end wrote no reports')];
  return [...brokenCounts(scene, reports), ...untrueLines(scene, reports)];
}

/** After the last run of a round: all is done, once, and explained. */
export function brokenInTheEnd(scene: Scene, reports: Reports): readonly Broken[] {
  const writes = serverWrites(scene.emulator, scene.rows);
  return [
    ...notDone(scene, reports),
    ...doneTwice(scene, writes),
    ...unexplained(writes, reports),
    ...withoutIntent(scene, writes),
    ...brokenQuota(scene),
    ...lostPasswords(scene, writes),
    ...leaks(scene, writes),
  ];
}

/** After the same book was applied once more. */
export function brokenByApplyingAgain(
  scene: Scene,
  callsBefore: number,
  reports: Reports,
): readonly Broken[] {
  const sent = serverWrites(scene.emulator, scene.rows).filter(
    ({ request, row }) => request.number > callsBefore && (row?.ends === 'well' || request.effect),
  );
  const outcomes = new Map(reports.lines.map(({ key, outcome }) => [key, outcome]));
  const changed = scene.rows.filter(({ key, ends }) => ends === 'well' && outcomes.get(key) !== 'unchanged');
  return [
    ...sent.map(({ write, row }) => broken('again', `${write} of ${row?.key ?? 'no row'} was sent again`)),
    ...changed.map(({ key }) =>
      broken('again', `${key} is ${outcomes.get(key) ?? 'missing'} the second time`),
    ),
  ];
}

function brokenCounts({ rows }: Scene, { lines, outcomes, bookRows }: Reports): readonly Broken[] {
  const found: Broken[] = [];
  const sum = Object.values(outcomes).reduce((total, count) => total + count, 0);
  if (bookRows !== rows.length || sum !== rows.length || lines.length !== rows.length) {
    found.push(
      broken('counts', `${rows.length} rows, ${bookRows} read, ${lines.length} lines, ${sum} outcomes`),
    );
  }
  for (const { key } of rows) {
    const count = lines.filter((line) => line.key === key).length;
    if (count !== 1) found.push(broken('counts', `${key} has ${count} lines`));
  }
  for (const [outcome, count] of Object.entries(outcomes)) {
    const inLines = lines.filter((line) => line.outcome === outcome).length;
    if (inLines !== count)
      found.push(broken('counts', `summary says ${count} ${outcome}, results ${inLines}`));
  }
  return found;
}

/** Lines that say that something is at Google which is not. */
function untrueLines({ rows, emulator }: Scene, { lines }: Reports): readonly Broken[] {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return lines.flatMap(({ key, outcome }) => {
    const row = byKey.get(key);
    if (row === undefined || !WELL.has(outcome)) return [];
    const missing = row.ends === 'well' ? missingAtGoogle(row, emulator) : `it had to be ${row.ends}`;
    return missing === undefined ? [] : [broken('lost', `${key} is ${outcome}, and ${missing}`)];
  });
}

function notDone({ rows }: Scene, { lines }: Reports): readonly Broken[] {
  const byKey = new Map(lines.map((line) => [line.key, line]));
  return rows.flatMap(({ key, ends }) => {
    const { outcome = 'missing', error = '' } = byKey.get(key) ?? {};
    const isRight = ends === 'well' ? WELL.has(outcome) : outcome === ends;
    return isRight ? [] : [broken('lost', `${key} is ${outcome} instead of ${ends}: ${error}`)];
  });
}

/** What Google lacks of a row that ended well; undefined where it has all. */
export function missingAtGoogle({ domain, atGoogle }: CampaignRow, emulator: Emulator): string | undefined {
  return (
    missingCustomer(domain, atGoogle.customer, emulator) ?? missingTenant(domain, atGoogle.tenant, emulator)
  );
}

function missingCustomer(
  domain: string,
  wanted: AtGoogle['customer'],
  emulator: Emulator,
): string | undefined {
  if (wanted === undefined) return undefined;
  const customer = emulator.customers().find((each) => each.domain === domain);
  if (customer === undefined) return 'there is no customer';
  if (wanted.hasIdentity !== (customer.cloudIdentityId !== undefined)) {
    return `the customer has ${wanted.hasIdentity ? 'no' : 'a'} Cloud Identity`;
  }
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['name', wanted.orgDisplayName, customer.orgDisplayName],
    ['region', wanted.regionCode, customer.orgPostalAddress?.regionCode],
    ['correlationId', wanted.correlationId, customer.correlationId],
    ['partner', wanted.partner, customer.channelPartnerId],
  ];
  const differing = pairs.find(([, want, has]) => want !== undefined && want !== has);
  return (
    differing && `the customer's ${differing[0]} is ${differing[2] ?? 'missing'}, not ${differing[1] ?? ''}`
  );
}

function missingTenant(domain: string, wanted: AtGoogle['tenant'], emulator: Emulator): string | undefined {
  if (wanted === undefined) return undefined;
  if (!emulator.resellerCustomers().some(({ customerDomain }) => customerDomain === domain)) {
    return 'the Reseller API has no customer';
  }
  if (wanted.admin === undefined) return undefined;
  const user = emulator.users().find(({ primaryEmail }) => primaryEmail === wanted.admin);
  if (user === undefined) return 'there is no first user';
  if (!user.isAdmin) return 'the first user is no admin';
  const language = user.languages?.[0]?.languageCode;
  return language === wanted.language ? undefined : `the first user's language is ${language ?? 'missing'}`;
}

/** What Google lets be done once for each row. */
const ONCE: ReadonlySet<Write> = new Set(['create', 'insert', 'user']);

function doneTwice({ rows, emulator }: Scene, writes: readonly ServerWrite[]): readonly Broken[] {
  const found: Broken[] = [];
  const effects = Map.groupBy(
    writes.filter(({ request }) => request.effect),
    ({ write, row }) => intentOf(row?.key ?? '', write),
  );
  for (const [what, all] of effects) {
    const isOnce = all.every(({ write }) => ONCE.has(write)) || all.every(isPlainImport);
    if (isOnce && all.length > 1) found.push(broken('twice', `${what} took effect ${all.length} times`));
  }
  for (const { domain, key } of rows) {
    const customers = emulator.customers().filter((customer) => customer.domain === domain);
    if (customers.length > 1)
      found.push(broken('twice', `${key} has ${customers.length} customers at Google`));
    const names = new Set(customers.map(({ name }) => name));
    const begun = emulator
      .operations()
      .filter(
        ({ customer, validateOnly, error }) => names.has(customer) && !validateOnly && error === undefined,
      );
    if (begun.length > 1) found.push(broken('twice', `${key} was provisioned ${begun.length} times`));
  }
  return found;
}

/** An import that overwrites may be repeated, and is, where nothing can tell whether it was carried out. */
function isPlainImport({ write, request }: ServerWrite): boolean {
  return write === 'import' && (request.body as { overwriteIfExists?: boolean }).overwriteIfExists !== true;
}

function unexplained(writes: readonly ServerWrite[], { lines }: Reports): readonly Broken[] {
  const outcomes = new Map(lines.map(({ key, outcome }) => [key, outcome]));
  return writes.flatMap(({ write, request, row }) => {
    if (!request.effect) return [];
    const what = `${request.method} (call ${request.number})`;
    if (row === undefined) return [broken('unexplained', `${what} is about no row of the book`)];
    if (!row.writes.includes(write))
      return [broken('unexplained', `${what} was never asked for by ${row.key}`)];
    const outcome = outcomes.get(row.key) ?? 'missing';
    return WELL.has(outcome)
      ? []
      : [broken('unexplained', `${what} had an effect, and ${row.key} is ${outcome}`)];
  });
}

function withoutIntent({ folder }: Scene, writes: readonly ServerWrite[]): readonly Broken[] {
  const intended = intents(folder);
  const arrived = Map.groupBy(writes, ({ write, row }) => intentOf(row?.key ?? '', write));
  return [...arrived].flatMap(([what, all]) => {
    const count = intended.get(what) ?? 0;
    return count >= all.length
      ? []
      : [broken('intent', `${what} arrived ${all.length} times, and the ledger has ${count} intents`)];
  });
}

/** At any time: a server that turns calls away has got more than was agreed. */
export function brokenQuota({ emulator }: Pick<Scene, 'emulator'>): readonly Broken[] {
  return Object.entries(emulator.quotas()).flatMap(([bucket, { limit, peak, refused }]) =>
    limit !== null && (peak > limit || refused > 0)
      ? [broken('quota', `${bucket} got ${peak} calls in 60 s, ${limit} are agreed, ${refused} were refused`)]
      : [],
  );
}

/** A user whose password nobody can read cannot sign in. */
function lostPasswords({ folder }: Scene, writes: readonly ServerWrite[]): readonly Broken[] {
  const written = writtenPasswords(folder);
  return writes.flatMap(({ write, request, row }) =>
    write === 'user' && request.effect && !written.has(passwordIn(request.body))
      ? [broken('lost', `the password of ${row?.key ?? 'a user'} is in no credentials.csv`)]
      : [],
  );
}

function leaks(scene: Scene, writes: readonly ServerWrite[]): readonly Broken[] {
  const { rows, folder, accessToken } = scene;
  const tokens = rows.map(({ cells }) => cells['auth_token'] ?? '').filter((token) => token !== '');
  const passwords = writes
    .filter(({ write }) => write === 'user')
    .map(({ request }) => passwordIn(request.body));
  const secrets = [
    { what: 'the access token', values: [accessToken], places: [] },
    { what: 'a transfer token', values: tokens, places: ['book.csv', 'errors.csv'] },
    { what: 'a password', values: passwords, places: ['credentials.csv'] },
  ];
  const contents = files(folder).map((path) => ({ path, content: readFileSync(path, 'latin1') }));
  return [
    ...contents.flatMap(({ path, content }) =>
      secrets
        .filter(({ places }) => !places.includes(basename(path)))
        .filter(({ values }) => values.flatMap(formsOf).some((form) => content.includes(form)))
        .map(({ what }) => broken('secret', `${what} is in ${path.slice(folder.length + 1)}`)),
    ),
    ...contents
      .filter(({ path }) => basename(path) === 'errors.csv')
      .filter(({ path }) => hasOutsideItsCell(path, tokens))
      .map(({ path }) => broken('secret', `a transfer token is in ${path} outside its cell`)),
  ];
}

function hasOutsideItsCell(path: string, tokens: readonly string[]): boolean {
  return table(path).some((line) =>
    Object.entries(line).some(
      ([column, cell]) => column !== 'auth_token' && tokens.some((token) => cell.includes(token)),
    ),
  );
}

/** A value as it may stand in a file: plain, in an address, in base64. */
function formsOf(value: string): readonly string[] {
  return [
    ...new Set([value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, '')]),
  ];
}

function passwordIn(body: unknown): string {
  return (body as { readonly password?: string } | undefined)?.password ?? '';
}

function broken(invariant: Invariant, text: string): Broken {
  return { invariant, text };
}
