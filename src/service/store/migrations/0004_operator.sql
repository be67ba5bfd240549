-- Who did what: by what means, and which operator. Rows of before have neither.
ALTER TABLE audit ADD COLUMN means TEXT;    -- signing_key, authentication_key, mail_link, password, operator, retention
ALTER TABLE audit ADD COLUMN operator TEXT; -- name of the operating system's user
DROP INDEX audit_by_time;
CREATE INDEX audit_by_time ON audit (at, id);
CREATE INDEX audit_by_person ON audit (person, at, id) WHERE person IS NOT NULL;

-- No statement of a request or of the worker may read a whole table.
CREATE INDEX sessions_by_person ON sessions (person) WHERE person IS NOT NULL;
CREATE INDEX tokens_by_expiry ON tokens (expires_at);
CREATE INDEX outbox_by_sending ON outbox (sent_at) WHERE state = 'sent';
CREATE INDEX people_without_password ON people (registered_at) WHERE password IS NULL;
