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

-- Very many news of a rule in a channel: they are folded into one message.
CREATE TABLE storm (
    id            integer PRIMARY KEY AUTOINCREMENT,
    rule          text   NOT NULL,
    channel       text   NOT NULL,
    since         bigint NOT NULL,            -- of the first news that counted
    began_at      bigint NOT NULL,            -- news are folded from then on
    busy_until    bigint NOT NULL,            -- it ends then if it stays calm
    head_id       bigint NOT NULL DEFAULT 0,  -- the delivery in whose thread the news are listed
    headed_at     bigint NOT NULL,            -- since when that one is
    ended_at      bigint NOT NULL DEFAULT 0,  -- 0: it goes on
    ended_by_id   text   NOT NULL DEFAULT '',
    ended_by_name text   NOT NULL DEFAULT '', -- '': it was calm
    single_until  bigint NOT NULL DEFAULT 0   -- after somebody ended it no other one begins until then
);
CREATE INDEX storm_rule ON storm (rule, channel);
CREATE INDEX storm_goes_on ON storm (busy_until) WHERE ended_at = 0;
CREATE INDEX alert_created ON alert (created_at);
CREATE INDEX delivery_fold ON delivery (body) WHERE kind = 'digest' AND about = 'fold';
CREATE INDEX delivery_signal ON delivery (channel, created_at) WHERE kind = 'signal';
