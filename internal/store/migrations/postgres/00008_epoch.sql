-- +goose Up

-- A store that was restored, or promoted without its newest rows, begins an
-- epoch: what it lost may have been sent.
CREATE TABLE epoch (
    name        text   PRIMARY KEY,             -- random; messages carry that of the newest
    began_at    bigint NOT NULL,
    lost_since  bigint NOT NULL,                -- what is older was not lost
    lost_until  bigint NOT NULL,                -- no message of an epoch before arrived later than this
    doubt_until bigint NOT NULL,                -- alerts recorded before this may have been sent in an epoch before
    cause       text   NOT NULL
);

-- What a message is known by in Slack: random, for numbers are used again after a restore.
ALTER TABLE delivery ADD COLUMN promise text NOT NULL DEFAULT '';      -- '': recorded by a version that had no promises
ALTER TABLE delivery ADD COLUMN lost_until bigint NOT NULL DEFAULT 0;  -- an epoch before may have sent it until then; 0: none has
CREATE UNIQUE INDEX delivery_promise ON delivery (promise) WHERE promise <> '';
