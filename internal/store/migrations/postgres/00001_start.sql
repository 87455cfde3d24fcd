-- +goose Up

-- One row a configured source: its schedule, its validators, its health.
CREATE TABLE source (
    name             text    PRIMARY KEY,
    url              text    NOT NULL,
    host             text    NOT NULL DEFAULT '',
    enabled          integer NOT NULL DEFAULT 1,
    next_at          bigint  NOT NULL,            -- due when it has come
    claim            bigint  NOT NULL DEFAULT 0,  -- grows with every claim; an older holder's word no longer counts
    claimed_until    bigint  NOT NULL DEFAULT 0,
    etag             text    NOT NULL DEFAULT '',
    last_modified    text    NOT NULL DEFAULT '',
    first_crawled_at bigint  NOT NULL DEFAULT 0,  -- 0: the next crawl is its first
    crawled_at       bigint  NOT NULL DEFAULT 0,
    succeeded_at     bigint  NOT NULL DEFAULT 0,
    failures         integer NOT NULL DEFAULT 0,  -- in a row
    health           text    NOT NULL DEFAULT '', -- JSON, opaque here
    error            text    NOT NULL DEFAULT '',
    stories          bigint  NOT NULL DEFAULT 0   -- recorded from it, ever
);
CREATE INDEX source_due ON source (next_at);
CREATE INDEX source_host ON source (host);

-- When a host may next be asked, over all daemons.
CREATE TABLE host (
    host    text   PRIMARY KEY,
    free_at bigint NOT NULL
);

-- Stories that tell the same news.
CREATE TABLE cluster (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at bigint NOT NULL
);

CREATE TABLE story (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cluster_id    bigint  NOT NULL REFERENCES cluster (id),
    key           text    NOT NULL,
    source        text    NOT NULL,
    url           text    NOT NULL,
    canonical     text    NOT NULL DEFAULT '',
    guid          text    NOT NULL DEFAULT '',
    title         text    NOT NULL,
    titles        text    NOT NULL DEFAULT '',   -- JSON
    summary       text    NOT NULL DEFAULT '',
    body          text    NOT NULL DEFAULT '',
    authors       text    NOT NULL DEFAULT '',   -- JSON
    published_at  bigint  NOT NULL DEFAULT 0,    -- 0: not known
    modified_at   bigint  NOT NULL DEFAULT 0,
    language      text    NOT NULL DEFAULT '',
    outlet        text    NOT NULL DEFAULT '',
    section       text    NOT NULL DEFAULT '',
    cites         text    NOT NULL DEFAULT '',   -- JSON
    paywalled     integer NOT NULL DEFAULT 0,
    first_seen_at bigint  NOT NULL,
    first_run     integer NOT NULL DEFAULT 0,    -- from its source's first crawl
    waiting       integer NOT NULL DEFAULT 0,    -- 1: its page is still to be read
    host          text    NOT NULL DEFAULT '',   -- of the page
    due_at        bigint  NOT NULL DEFAULT 0,
    claim         bigint  NOT NULL DEFAULT 0,
    claimed_until bigint  NOT NULL DEFAULT 0,
    tries         integer NOT NULL DEFAULT 0
);
CREATE INDEX story_waiting ON story (due_at) WHERE waiting = 1;
CREATE INDEX story_seen ON story (first_seen_at);
CREATE INDEX story_cluster ON story (cluster_id);

-- The keys of all stories ever recorded; they outlive the stories.
CREATE TABLE seen (
    key     text   PRIMARY KEY,
    seen_at bigint NOT NULL
);
CREATE INDEX seen_at ON seen (seen_at);

CREATE TABLE match (
    story_id   bigint  NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    rule       text    NOT NULL,
    rule_hash  text    NOT NULL,
    severity   integer NOT NULL,
    topic      text    NOT NULL DEFAULT '',
    evidence   text    NOT NULL DEFAULT '', -- JSON
    matched_at bigint  NOT NULL,
    PRIMARY KEY (story_id, rule, rule_hash)
);

-- The promise to tell a channel of a cluster: its key is the guard against a second one.
CREATE TABLE alert (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cluster_id bigint  NOT NULL REFERENCES cluster (id),
    story_id   bigint  NOT NULL,              -- the story that raised it
    channel    text    NOT NULL,
    severity   integer NOT NULL,
    rules      text    NOT NULL,              -- JSON
    mentions   text    NOT NULL DEFAULT '',   -- JSON
    created_at bigint  NOT NULL,
    UNIQUE (cluster_id, channel)
);

CREATE TABLE delivery (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id   bigint  REFERENCES alert (id), -- NULL for an ops message
    channel    text    NOT NULL,
    kind       text    NOT NULL,
    state      text    NOT NULL,
    body       text    NOT NULL DEFAULT '',
    plain      integer NOT NULL DEFAULT 0,
    attempts   integer NOT NULL DEFAULT 0,
    due_at     bigint  NOT NULL,
    started_at bigint  NOT NULL DEFAULT 0,
    created_at bigint  NOT NULL,
    done_at    bigint  NOT NULL DEFAULT 0,
    channel_id text    NOT NULL DEFAULT '',
    ts         text    NOT NULL DEFAULT '',
    error      text    NOT NULL DEFAULT ''
);
CREATE INDEX delivery_open ON delivery (channel, id) WHERE state IN ('pending', 'sending', 'in_doubt', 'parked');

-- One row a channel that was ever written to: whose turn it is, when, and its ID.
CREATE TABLE channel (
    name          text    PRIMARY KEY,
    channel_id    text    NOT NULL DEFAULT '',
    claim         bigint  NOT NULL DEFAULT 0,
    claimed_until bigint  NOT NULL DEFAULT 0,
    free_at       bigint  NOT NULL DEFAULT 0,  -- not to be posted to before
    failures      integer NOT NULL DEFAULT 0,  -- in a row
    parked        text    NOT NULL DEFAULT ''  -- why it cannot be posted to; '' when it can
);

-- Whether messages can be sent at all (a revoked token pauses every channel).
CREATE TABLE sink (
    name         text   PRIMARY KEY,
    paused_at    bigint NOT NULL DEFAULT 0,
    paused_until bigint NOT NULL DEFAULT 0,
    error        text   NOT NULL DEFAULT ''
);

CREATE TABLE setting (
    name  text PRIMARY KEY,
    value text NOT NULL
);
