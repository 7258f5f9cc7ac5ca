//! Tables of the Durable Object, and how older ones become them.

use crate::host::{HostFailed, Parameter, Storage};

/// Each entry brings the tables from the version before it to its own. Entries are never changed:
/// objects in production have run them.
const MIGRATIONS: &[&[&str]] = &[
    &[
        "CREATE TABLE settings (
        version INTEGER PRIMARY KEY,
        applied_at INTEGER NOT NULL,
        settings TEXT NOT NULL
    ) STRICT",
        "CREATE TABLE signing_keys (
        kid TEXT PRIMARY KEY,
        purpose TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        public_key TEXT NOT NULL,
        certificate TEXT,
        sealed TEXT NOT NULL
    ) STRICT",
        "CREATE TABLE one_time_uses (
        digest TEXT PRIMARY KEY,
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID",
        "CREATE INDEX one_time_uses_by_expiry ON one_time_uses (expires_at)",
        "CREATE TABLE revocations (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        session TEXT NOT NULL UNIQUE,
        expires_at INTEGER NOT NULL
    ) STRICT",
        "CREATE TABLE audit_log (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        event TEXT NOT NULL,
        details TEXT NOT NULL
    ) STRICT",
    ],
    &[
        // Settings were not sealed before, and no release had stored any.
        "DROP TABLE settings",
        "CREATE TABLE settings (
        version INTEGER PRIMARY KEY,
        applied_at INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        sealed TEXT NOT NULL
    ) STRICT",
    ],
    &[
        "CREATE TABLE people (
        email TEXT PRIMARY KEY,
        username TEXT,
        given_name TEXT,
        family_name TEXT,
        disabled INTEGER NOT NULL,
        pinned_connection TEXT,
        pinned_id TEXT,
        added_by TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        last_sign_in INTEGER
    ) STRICT, WITHOUT ROWID",
        // It outlives a removal from the directory.
        "CREATE TABLE sent_fields (
        app TEXT NOT NULL,
        connection TEXT NOT NULL,
        id TEXT NOT NULL,
        field TEXT NOT NULL,
        PRIMARY KEY (app, connection, id, field)
    ) STRICT, WITHOUT ROWID",
    ],
    &[
        "CREATE TABLE sessions (
        session TEXT PRIMARY KEY,
        connection TEXT NOT NULL,
        subject TEXT NOT NULL,
        began_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        name_id_key TEXT,
        name_id TEXT,
        session_index TEXT
    ) STRICT, WITHOUT ROWID",
        "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
        "CREATE INDEX sessions_by_name ON sessions (connection, name_id_key)",
    ],
    &[
        // Only a key that was announced and is not used yet has none.
        "ALTER TABLE signing_keys ADD COLUMN used_from INTEGER",
        "UPDATE signing_keys SET used_from = created_at",
    ],
    &[
        // Who it is, as the directory pins people; sessions from before have none and just expire.
        "ALTER TABLE sessions ADD COLUMN person TEXT",
        "CREATE INDEX sessions_by_person ON sessions (connection, person)",
    ],
    &[
        // An alarm does not say of which desk it is.
        "CREATE TABLE desk (host TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    ],
    &[
        // In lower case.
        "ALTER TABLE sessions ADD COLUMN email TEXT",
        "CREATE INDEX sessions_by_email ON sessions (email)",
        "CREATE INDEX sessions_by_subject ON sessions (subject)",
        // Of everybody where there is no connection.
        "CREATE TABLE cutoffs (
        connection TEXT PRIMARY KEY,
        began_until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID",
    ],
    &[
        "CREATE TABLE service_tokens (
        name TEXT PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        secret_sha256 TEXT NOT NULL,
        former_sha256 TEXT,
        former_until INTEGER,
        paths TEXT NOT NULL,
        methods TEXT NOT NULL,
        days INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        last_used_on INTEGER
    ) STRICT, WITHOUT ROWID",
        "CREATE TABLE service_token_changes (last INTEGER NOT NULL) STRICT",
        "INSERT INTO service_token_changes VALUES (0)",
    ],
    &[
        // As JSON, where they are too many for the token.
        "ALTER TABLE sessions ADD COLUMN all_groups TEXT",
    ],
    // One row.
    &["CREATE TABLE sealed_under (id TEXT NOT NULL, since INTEGER NOT NULL) STRICT"],
    &[
        // Small columns first: to look through them, the pages of the bodies need not be read.
        "CREATE TABLE kept_forms (
        key TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        kept_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        state TEXT NOT NULL,
        head TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT",
    ],
];

/// Brings the tables up to date. Answers `false`, having written nothing, when there are none and
/// `creates` is not set.
pub(super) fn migrate(storage: &dyn Storage, creates: bool) -> Result<bool, HostFailed> {
    let exists = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'";
    if storage.execute(exists, &[])?.is_empty() {
        if !creates {
            return Ok(false);
        }
        storage.execute("CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT", &[])?;
        storage.execute("INSERT INTO schema_version VALUES (0)", &[])?;
    }
    let rows = storage.execute("SELECT version FROM schema_version", &[])?;
    let version = rows.first().and_then(|row| row["version"].as_u64()).ok_or(HostFailed)?;
    let done = usize::try_from(version).map_err(|_| HostFailed)?;
    // Tables of a newer Worker, seen by an older one after a roll-back: better stop than damage
    // them.
    let missing = MIGRATIONS.get(done..).ok_or(HostFailed)?;
    for statement in missing.iter().copied().flatten() {
        storage.execute(statement, &[])?;
    }
    if !missing.is_empty() {
        let version = u64::try_from(MIGRATIONS.len()).map_err(|_| HostFailed)?;
        let update = "UPDATE schema_version SET version = ?";
        storage.execute(update, &[Parameter::Number(version)])?;
    }
    Ok(true)
}
