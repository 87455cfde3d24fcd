-- +goose Up

-- What people took back of what a rule told, because it flooded.
CREATE TABLE recall (
    id             integer PRIMARY KEY AUTOINCREMENT,
    rule           text   NOT NULL,
    channel        text   NOT NULL DEFAULT '', -- '': of all channels
    since          bigint NOT NULL,            -- alerts that were recorded then or later
    by_id          text   NOT NULL DEFAULT '',
    by_name        text   NOT NULL DEFAULT '',
    why            text   NOT NULL DEFAULT '',
    made_at        bigint NOT NULL,
    undone_at      bigint NOT NULL DEFAULT 0,  -- 0: it stands
    undone_by_id   text   NOT NULL DEFAULT '',
    undone_by_name text   NOT NULL DEFAULT ''
);

-- The alerts that a recall took back.
CREATE TABLE recalled (
    alert_id  bigint NOT NULL,
    recall_id bigint NOT NULL,
    waited    bigint NOT NULL DEFAULT 0, -- 1: a digest was to tell it, and does not any more
    PRIMARY KEY (alert_id, recall_id)
);
CREATE INDEX recalled_recall ON recalled (recall_id);
