-- Limits, shared by all nodes. Nothing here outlives the hour in which a bucket is full again.

CREATE TABLE limits (
    id    TEXT   NOT NULL PRIMARY KEY, -- hash of what is limited, and whose
    level BIGINT NOT NULL,             -- what is left in the bucket
    at    BIGINT NOT NULL              -- when that was so
);
CREATE INDEX limits_by_time ON limits (at);
