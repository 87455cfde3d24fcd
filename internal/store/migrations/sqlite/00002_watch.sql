-- +goose Up

-- What was learnt of a source's rhythm, and when its list was last read whole:
-- a server that answers "not modified" is not believed for ever.
ALTER TABLE source ADD COLUMN habit text NOT NULL DEFAULT '';          -- JSON, opaque here
ALTER TABLE source ADD COLUMN read_at bigint NOT NULL DEFAULT 0;       -- when its list last came whole
ALTER TABLE source ADD COLUMN unmodified integer NOT NULL DEFAULT 0;   -- answers "not modified" in a row since then
ALTER TABLE source ADD COLUMN schedule text NOT NULL DEFAULT '';       -- as the newest config writes it; '' is adaptive
ALTER TABLE source ADD COLUMN keyed_as text NOT NULL DEFAULT '';       -- the name in the keys of its stories that have no link, '' for its own; a rename keeps it

-- When a host last gave a slot to a page of some source's first crawl.
ALTER TABLE host ADD COLUMN backlog_at bigint NOT NULL DEFAULT 0;

-- What a list said of a story when it was last looked at; 0: not known.
ALTER TABLE seen ADD COLUMN print bigint NOT NULL DEFAULT 0;

-- A key may be of the URL that a story's page calls its own: then it stands for the story's key.
ALTER TABLE seen ADD COLUMN same_as text NOT NULL DEFAULT '';          -- '': the story has the key itself
CREATE INDEX story_key ON story (key);

-- A story that alerted is looked at again.
ALTER TABLE story ADD COLUMN look_at bigint NOT NULL DEFAULT 0;        -- 0: not to be looked at again
ALTER TABLE story ADD COLUMN looks integer NOT NULL DEFAULT 0;         -- looks so far
ALTER TABLE story ADD COLUMN withdrawn_at bigint NOT NULL DEFAULT 0;   -- when its page was found gone; 0: it was not
ALTER TABLE story ADD COLUMN from_page integer NOT NULL DEFAULT 0;     -- 1: its text is as its page gave it, 0: as the list did
CREATE INDEX story_look ON story (look_at) WHERE look_at > 0;
CREATE INDEX story_waiting_host ON story (host, first_run, due_at) WHERE waiting = 1;

-- What a story was before its outlet changed it.
CREATE TABLE revision (
    id       integer PRIMARY KEY AUTOINCREMENT,
    story_id bigint NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    seen_at  bigint NOT NULL,              -- when the change was found
    kinds    text   NOT NULL,              -- JSON: headline, text, correction, withdrawn, restored
    title    text   NOT NULL DEFAULT '',   -- as it was before
    body     text   NOT NULL DEFAULT '',   -- likewise
    diff     text   NOT NULL DEFAULT ''    -- JSON: the words that went and came
);
CREATE INDEX revision_story ON revision (story_id);

-- The last good robots.txt of an origin (scheme, name, port).
CREATE TABLE robots (
    origin  text   PRIMARY KEY,
    read_at bigint NOT NULL,
    body    blob   NOT NULL                -- bytes: what a server sends need not be text
);

-- Subscriptions to what hubs push (WebSub). A source has one, and for a while
-- beside it those that are being ended.
CREATE TABLE subscription (
    token        text    PRIMARY KEY,           -- the end of the callback's URL; nobody else can guess it
    source       text    NOT NULL,
    url          text    NOT NULL,              -- of the source when its list named the hub
    hub          text    NOT NULL,
    topic        text    NOT NULL,
    callback     text    NOT NULL,              -- the callback's URL without the token
    secret       text    NOT NULL,              -- signs what the hub sends
    state        text    NOT NULL,              -- pending, active, denied, leaving
    wished_at    bigint  NOT NULL,
    leased_until bigint  NOT NULL DEFAULT 0,
    due_at       bigint  NOT NULL,              -- when the hub is to be asked (again)
    tries        integer NOT NULL DEFAULT 0,    -- in a row without a yes
    pushed_at    bigint  NOT NULL DEFAULT 0,    -- when a push was last read
    unread_at    bigint  NOT NULL DEFAULT 0,    -- when one came that was not read, so that a poll has to make up for it
    agrees       integer NOT NULL DEFAULT 0,    -- 1: news comes by push before a poll finds it
    error        text    NOT NULL DEFAULT ''    -- why the hub did not do as it was asked
);
CREATE UNIQUE INDEX subscription_source ON subscription (source) WHERE state <> 'leaving';
CREATE INDEX subscription_due ON subscription (due_at);
