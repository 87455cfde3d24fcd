-- +goose Up

-- What people said of alerts. The state of an alert is what its answers come to.
CREATE TABLE answer (
    id         integer PRIMARY KEY AUTOINCREMENT,
    request    text   NOT NULL UNIQUE,      -- what arrives twice is one answer
    kind       text   NOT NULL,
    alert_id   bigint NOT NULL DEFAULT 0,
    channel    text   NOT NULL DEFAULT '',  -- in which it was said
    by_id      text   NOT NULL DEFAULT '',
    by_name    text   NOT NULL DEFAULT '',
    said_at    bigint NOT NULL,
    reason     text   NOT NULL DEFAULT '',
    rules      text   NOT NULL DEFAULT '',  -- JSON
    target_id  bigint NOT NULL DEFAULT 0,   -- the answer that is undone, the snooze that is begun or ended
    effect     text   NOT NULL,
    undone_at  bigint NOT NULL DEFAULT 0
);
CREATE INDEX answer_alert ON answer (alert_id) WHERE alert_id <> 0;
CREATE INDEX answer_said ON answer (said_at);

-- What is kept from a channel for a time.
CREATE TABLE snooze (
    id            integer PRIMARY KEY AUTOINCREMENT,
    kind          text   NOT NULL,
    channel       text   NOT NULL,
    cluster_id    bigint NOT NULL DEFAULT 0,
    rule          text   NOT NULL DEFAULT '',
    source        text   NOT NULL DEFAULT '',
    severity      bigint NOT NULL,           -- what is more severe is told
    alert_id      bigint NOT NULL DEFAULT 0, -- that it was said of
    by_id         text   NOT NULL DEFAULT '',
    by_name       text   NOT NULL DEFAULT '',
    why           text   NOT NULL DEFAULT '',
    since         bigint NOT NULL,
    until         bigint NOT NULL,
    ended_at      bigint NOT NULL DEFAULT 0, -- 0: it holds, or nobody has noticed yet that it is over
    ended_by_id   text   NOT NULL DEFAULT '',
    ended_by_name text   NOT NULL DEFAULT ''
);
CREATE INDEX snooze_standing ON snooze (channel) WHERE ended_at = 0;

-- What one daemon of several does, as long as it says so again and again.
CREATE TABLE lease (
    name   text   PRIMARY KEY,
    holder text   NOT NULL,  -- random: of a process
    until  bigint NOT NULL
);
