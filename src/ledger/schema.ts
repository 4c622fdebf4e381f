/**
 * The ledger's tables. One file per API address and account; rows hold no secret: a transfer token is kept
 * only as a ciphertext whose key lives in the memory of the process that planned the row.
 *
 * Each entry brings the schema from its index to the next version (`PRAGMA user_version`).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE runs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    command TEXT NOT NULL,
    state TEXT NOT NULL,             -- planning, planned, applying, finished, stopped
    book_path TEXT NOT NULL,
    book_name TEXT NOT NULL,
    book_sha256 TEXT,
    book_bytes INTEGER,
    book_rows INTEGER,
    directory TEXT NOT NULL,
    settings TEXT NOT NULL,          -- JSON, without secrets
    started_at TEXT NOT NULL,
    finished_at TEXT,
    exit_code INTEGER
  ) STRICT;

  CREATE TABLE rows (
    run INTEGER NOT NULL,
    row INTEGER NOT NULL,
    line INTEGER NOT NULL,
    key TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    customer TEXT,                   -- JSON of the validated row; null where it is invalid
    partner TEXT,
    token_created TEXT,
    sealed_token BLOB,
    action TEXT NOT NULL,
    plan TEXT,                       -- JSON: steps and differences, before anything is sent
    -- read, open (the snapshot does not settle it: Google is asked), planned, waiting (for an operation), in-doubt, ended
    state TEXT NOT NULL,
    ending TEXT,                     -- JSON: how it ended, see model/row-ending.ts
    outcome TEXT,
    PRIMARY KEY (run, row)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rows_by_state ON rows (run, state, token_created, row);

  CREATE TABLE steps (
    run INTEGER NOT NULL,
    row INTEGER NOT NULL,
    step INTEGER NOT NULL,
    kind TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL,             -- intent, done, failed, in-doubt, superseded (by a later run's listing)
    request_hash TEXT NOT NULL,
    before_image TEXT,               -- JSON of what Google had, for a step that overwrites
    detail TEXT,
    begun_at TEXT NOT NULL,
    ended_at TEXT,
    PRIMARY KEY (run, row, step)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX steps_open ON steps (state) WHERE state IN ('intent', 'in-doubt');

  CREATE TABLE remote_customers (
    name TEXT PRIMARY KEY,
    partner TEXT,
    domain TEXT,
    cloud_identity_id TEXT,
    correlation_id TEXT,
    json TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX remote_by_domain ON remote_customers (domain);
  CREATE INDEX remote_by_identity ON remote_customers (cloud_identity_id);
  CREATE INDEX remote_by_correlation ON remote_customers (correlation_id);

  CREATE TABLE applied (
    key TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    customer TEXT NOT NULL,
    run INTEGER NOT NULL,
    at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE claims (
    run INTEGER NOT NULL,
    customer TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (run, customer)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE vain_overwrites (
    key TEXT PRIMARY KEY,
    content_hash TEXT NOT NULL,
    google TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE lock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    token TEXT NOT NULL,
    host TEXT NOT NULL,
    place TEXT NOT NULL,             -- host, boot and pid namespace: where a pid means the same process
    pid INTEGER NOT NULL,
    process_start TEXT,
    run TEXT NOT NULL,
    started_at TEXT NOT NULL,
    renewed_ms INTEGER NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE rows ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;  -- made for the row alone before it was decided

  ALTER TABLE steps ADD COLUMN customer TEXT;    -- resource name of what the step overwrote
  ALTER TABLE steps ADD COLUMN mask TEXT;        -- JSON: top-level fields that a patch wrote
  ALTER TABLE steps ADD COLUMN after_hash TEXT;  -- of those fields as Google confirmed them

  CREATE TABLE operations (
    name TEXT PRIMARY KEY,
    customer TEXT NOT NULL,          -- resource name
    key TEXT NOT NULL,
    run INTEGER NOT NULL,
    row INTEGER NOT NULL,
    state TEXT NOT NULL,             -- running, done, failed, gone
    begun_at TEXT NOT NULL,
    ended_at TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX operations_running ON operations (customer) WHERE state = 'running';

  CREATE INDEX applied_by_identity ON applied (identity);

  -- The last book that was applied under a name, to notice one that lost its rows.
  CREATE TABLE books (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    run INTEGER NOT NULL,
    at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Identifiers of rows that were not linked to a customer: what they name is no orphan.
  CREATE TABLE mentions (
    run INTEGER NOT NULL,
    kind TEXT NOT NULL,              -- customer, cloud_identity_id, id, domain
    value TEXT NOT NULL,
    PRIMARY KEY (run, kind, value)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Customers that an insert of ours made: only in these a user is ever made.
  CREATE TABLE tenants (
    customer_id TEXT PRIMARY KEY,    -- Google Workspace customer ID
    key TEXT NOT NULL,
    type TEXT NOT NULL,              -- domain, team
    domain TEXT NOT NULL,            -- as the insert named it
    console_url TEXT,                -- resourceUiUrl
    run INTEGER NOT NULL,            -- of the insert
    inserted_at TEXT NOT NULL,
    language TEXT,                   -- set before there was any user
    admin_email TEXT,                -- of the first user; of a team its primary admin; in comparable form
    user_sent_at TEXT,               -- when users.insert was first sent for it; null where somebody else made it
    user_names TEXT,                 -- JSON of the names that were sent with it
    user_refused INTEGER,            -- 1 where Google said no to it, for what that is worth
    password_run INTEGER,            -- whose credentials.csv has the password
    password_lost INTEGER,           -- 1 where an earlier password, in no file any more, may hold
    user_at TEXT,                    -- since when that user is known to be there
    admin_at TEXT,                   -- since when it is a super admin
    notified TEXT,                   -- written, sent, failed
    notified_at TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tenants_by_admin ON tenants (admin_email);
  CREATE INDEX tenants_by_key ON tenants (key);
  CREATE INDEX tenants_by_domain ON tenants (domain);
  `,
  `
  -- Left behind where a version that made it while it wrote reports was killed.
  DROP INDEX IF EXISTS rows_by_content;

  -- A resumed run goes on in a new part, which takes its id; the part before gets a number behind it.
  ALTER TABLE runs ADD COLUMN resumes INTEGER;      -- the part before
  ALTER TABLE runs ADD COLUMN resumed_by INTEGER;   -- the part after
  ALTER TABLE runs ADD COLUMN summary TEXT;         -- JSON: what summary.json says beside the rows

  ALTER TABLE rows ADD COLUMN earlier TEXT;         -- JSON: what an earlier part of the run did for the row

  -- What a person said of writes in doubt.
  CREATE TABLE words (
    identity TEXT NOT NULL,          -- salted hash of whom the row named
    kind TEXT NOT NULL,              -- of the step
    key TEXT NOT NULL,
    word TEXT NOT NULL,              -- done, not-done
    run INTEGER NOT NULL,
    row INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (identity, kind)
  ) STRICT, WITHOUT ROWID;

  -- The lines of reports that tell what Google had: the snapshot has moved on when a report is written again.
  CREATE TABLE findings (
    run INTEGER NOT NULL,
    report TEXT NOT NULL,            -- orphans, duplicates
    row INTEGER NOT NULL,
    cells TEXT NOT NULL,             -- JSON
    PRIMARY KEY (run, report, row)
  ) STRICT, WITHOUT ROWID;
  `,
];
