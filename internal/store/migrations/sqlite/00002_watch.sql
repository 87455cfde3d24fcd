-- +goose Up

-- What was learnt of a source's rhythm, and when its list was last read whole:
-- a server that answers "not modified" is not believed for ever.
ALTER TABLE source ADD COLUMN habit text NOT NULL DEFAULT '';          -- JSON, opaque here
ALTER TABLE source ADD COLUMN read_at bigint NOT NULL DEFAULT 0;       -- when its list last came whole
ALTER TABLE source ADD COLUMN unmodified integer NOT NULL DEFAULT 0;   -- answers "not modified" in a row since then

-- What a list said of a story when it was last looked at; 0: not known.
ALTER TABLE seen ADD COLUMN print bigint NOT NULL DEFAULT 0;

-- A story that alerted is looked at again.
ALTER TABLE story ADD COLUMN look_at bigint NOT NULL DEFAULT 0;        -- 0: not to be looked at again
ALTER TABLE story ADD COLUMN looks integer NOT NULL DEFAULT 0;         -- looks so far
ALTER TABLE story ADD COLUMN withdrawn_at bigint NOT NULL DEFAULT 0;   -- when its page was found gone; 0: it was not
CREATE INDEX story_look ON story (look_at) WHERE look_at > 0;

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
    body    text   NOT NULL,
    read_at bigint NOT NULL
);

-- Subscriptions to what hubs push (WebSub).
CREATE TABLE subscription (
    source      text    PRIMARY KEY,
    hub         text    NOT NULL,
    topic       text    NOT NULL,
    token       text    NOT NULL,              -- its part of the callback's URL
    secret      text    NOT NULL,              -- signs what the hub sends
    state       text    NOT NULL,              -- pending, active, denied
    leased_until bigint NOT NULL DEFAULT 0,
    due_at      bigint  NOT NULL,              -- when the hub is to be asked (again)
    tries       integer NOT NULL DEFAULT 0,    -- in a row without an answer
    error       text    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX subscription_token ON subscription (token);
