-- +goose Up

-- When the store was last at work: a clock that was set since then is noticed by it.
CREATE TABLE clock (
    id           integer PRIMARY KEY,             -- one row, 1
    beat_at      bigint NOT NULL,                 -- 0: never
    steady_since bigint NOT NULL DEFAULT 0,       -- the clock was not set between then and beat_at
    boot         text   NOT NULL DEFAULT '',      -- of the machine that wrote the row; '': not known
    uptime       bigint NOT NULL DEFAULT 0        -- of that machine at beat_at, in milliseconds
);
INSERT INTO clock (id, beat_at) VALUES (1, 0);

-- What only time ends unless somebody mends it; the operators are told once.
CREATE TABLE trouble (
    name  text   PRIMARY KEY,
    since bigint NOT NULL,
    error text   NOT NULL
);

ALTER TABLE channel ADD COLUMN slots bigint NOT NULL DEFAULT 0;      -- deliveries taken up, ever: every fifth is the oldest that is due

ALTER TABLE delivery ADD COLUMN severity integer NOT NULL DEFAULT 1; -- of the alert; the most severe goes first
ALTER TABLE delivery ADD COLUMN answered integer NOT NULL DEFAULT 0; -- 1: the last post was refused, so that it is not under way any more
UPDATE delivery SET severity = (SELECT severity FROM alert WHERE alert.id = delivery.alert_id)
    WHERE alert_id IS NOT NULL AND state IN ('pending', 'sending', 'in_doubt', 'parked');
CREATE INDEX delivery_turn ON delivery (channel, severity DESC, id) WHERE state IN ('pending', 'sending', 'in_doubt', 'parked');
