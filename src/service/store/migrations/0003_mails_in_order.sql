-- Of the mails that are due, the oldest goes first; after a day without a mail server there may be many.
CREATE INDEX outbox_by_age ON outbox (created_at, id) WHERE state = 'queued';
