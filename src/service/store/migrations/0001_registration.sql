-- One text for SQLite and PostgreSQL: TEXT and BIGINT only. Times are seconds since 1970 (UTC); hashes are SHA-256 in hex.

CREATE TABLE sessions (
    id         TEXT   NOT NULL PRIMARY KEY, -- hash of the name that the client holds
    expires_at BIGINT NOT NULL,
    proof      TEXT,                        -- the user-authentication certificate, once proved, as JSON
    person     TEXT,                        -- who logged in
    closed_at  BIGINT                       -- when it registered
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE nonces (
    id         TEXT   NOT NULL PRIMARY KEY, -- hash of the nonce
    session    TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX nonces_by_session ON nonces (session);

CREATE TABLE people (
    authentication_id TEXT   NOT NULL PRIMARY KEY,
    name              TEXT   NOT NULL,
    sex               TEXT   NOT NULL,
    birth_date        TEXT   NOT NULL,
    municipality      TEXT   NOT NULL,
    address_line      TEXT   NOT NULL,
    phone             TEXT   NOT NULL,
    email             TEXT   NOT NULL,
    category          TEXT   NOT NULL,
    residence_card    TEXT,
    language          TEXT   NOT NULL,
    terms_version     TEXT   NOT NULL,
    registered_at     BIGINT NOT NULL,
    revocation        TEXT   NOT NULL,
    password          TEXT,                 -- Argon2id, PHC string
    password_set_at   BIGINT
);
CREATE INDEX people_by_email ON people (email);

-- The certificates that stand for a person. The primary key is what makes one person one registration.
CREATE TABLE cards (
    identity    TEXT   NOT NULL PRIMARY KEY,
    person      TEXT   NOT NULL REFERENCES people (authentication_id) ON DELETE CASCADE,
    purpose     TEXT   NOT NULL, -- signing, authentication
    subject     TEXT   NOT NULL, -- CN, which is a number and no name
    fingerprint TEXT   NOT NULL, -- of the certificate
    valid_until BIGINT NOT NULL,
    linked_at   BIGINT NOT NULL,
    replaced_at BIGINT           -- when a newer card took its place; it then proves nothing any more, but registers nobody else either
);
CREATE INDEX cards_by_person ON cards (person);

-- Evidence: every accepted statement as it came, with the answer it got, so that the same statement gets the same answer.
CREATE TABLE statements (
    hash        TEXT   NOT NULL PRIMARY KEY,
    jti         TEXT   NOT NULL UNIQUE,
    kind        TEXT   NOT NULL,
    person      TEXT   NOT NULL REFERENCES people (authentication_id) ON DELETE CASCADE,
    statement   TEXT   NOT NULL,
    answer      TEXT   NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX statements_by_person ON statements (person);

CREATE TABLE outbox (
    id         TEXT   NOT NULL PRIMARY KEY,
    person     TEXT   NOT NULL REFERENCES people (authentication_id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL, -- registered, password_set, …
    recipient  TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- queued, sent, abandoned
    attempts   BIGINT NOT NULL,
    next_at    BIGINT NOT NULL, -- not before; also the end of a worker's lease
    created_at BIGINT NOT NULL,
    sent_at    BIGINT,
    trouble    TEXT             -- why the last attempt failed; never an address
);
CREATE INDEX outbox_by_turn ON outbox (state, next_at);
CREATE INDEX outbox_by_person ON outbox (person);

CREATE TABLE tokens (
    hash       TEXT   NOT NULL PRIMARY KEY,
    person     TEXT   NOT NULL REFERENCES people (authentication_id) ON DELETE CASCADE,
    mail       TEXT   NOT NULL, -- the mail that carries it
    mailed_at  BIGINT NOT NULL, -- when that mail was queued: a newer mail replaces the older one's tokens
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX tokens_by_person ON tokens (person);

CREATE TABLE audit (
    id     TEXT   NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    event  TEXT   NOT NULL,
    person TEXT             -- 認証ID; kept when the person is deleted, and then points nowhere
);
CREATE INDEX audit_by_time ON audit (at);
