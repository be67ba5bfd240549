-- A new card on its way to take the place of the old one, and for a week on the way back.
CREATE TABLE links (
    id             TEXT   NOT NULL PRIMARY KEY, -- UUIDv7: of two linkings of a person, the later one is greater
    person         TEXT   NOT NULL REFERENCES people (authentication_id) ON DELETE CASCADE,
    login          TEXT   NOT NULL, -- the session that is bound to this card
    signing        TEXT   NOT NULL, -- the new card's signing certificate, as JSON
    authentication TEXT,            -- its other certificate, once proved, as JSON
    agrees         BIGINT NOT NULL, -- 1 if name, birth date and sex do; with 0 the mailed link or the operator must confirm
    mail           TEXT,            -- the newest mail with a link that confirms or undoes
    address        TEXT,            -- where that mail goes: the address that was registered then
    token          TEXT,            -- hash of the token in that mail
    linked_at      BIGINT,          -- when the new card took the place
    expires_at     BIGINT NOT NULL  -- until when it can be confirmed or undone
);
CREATE INDEX links_by_person ON links (person);
CREATE UNIQUE INDEX links_by_login ON links (login);
CREATE INDEX links_by_mail ON links (mail);
CREATE INDEX links_by_token ON links (token);
CREATE INDEX links_by_expiry ON links (expires_at);

-- Rows of before have none of these.
ALTER TABLE cards ADD COLUMN serial TEXT;      -- serial number of the certificate, in hex
ALTER TABLE cards ADD COLUMN linked_by TEXT;   -- the linking that has brought it
ALTER TABLE cards ADD COLUMN replaced_by TEXT; -- the linking that has put another in its place
