-- +goose Up

-- What an operator has paused: deliveries to a channel, or to all. A row goes when it is over.
CREATE TABLE pause (
    name     text   PRIMARY KEY,         -- of the channel; '' is all channels
    since_at bigint NOT NULL,
    until_at bigint NOT NULL DEFAULT 0,  -- 0: until somebody ends it
    by_name  text   NOT NULL,
    why      text   NOT NULL DEFAULT ''
);
