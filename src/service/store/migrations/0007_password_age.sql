-- How many mails have told that the password will end, since it was set.
ALTER TABLE people ADD COLUMN password_reminders BIGINT NOT NULL DEFAULT 0;
CREATE INDEX people_by_password_age ON people (password_set_at);
