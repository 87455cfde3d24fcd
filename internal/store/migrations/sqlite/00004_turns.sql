-- +goose Up

-- How a host's slots are shared between lists and pages, and which hosts let
-- requests hang.
ALTER TABLE host DROP COLUMN backlog_at;
ALTER TABLE host ADD COLUMN pace bigint NOT NULL DEFAULT 0;       -- milliseconds between two requests; 0: they are not kept apart
ALTER TABLE host ADD COLUMN list_last bigint NOT NULL DEFAULT 0;  -- 1: the last slot was a list's, 0: it was a page's
ALTER TABLE host ADD COLUMN pages bigint NOT NULL DEFAULT 0;      -- claimed so far
ALTER TABLE host ADD COLUMN hung_at bigint NOT NULL DEFAULT 0;    -- when it was found to let a request hang; 0: it answers

-- When a page of a host was last claimed that a source named.
CREATE TABLE page_turn (
    host      text   NOT NULL,
    source    text   NOT NULL,
    served_at bigint NOT NULL,
    PRIMARY KEY (host, source)
);

-- How long an alert waits for the page. So far it was ten minutes.
ALTER TABLE story ADD COLUMN wait_until bigint NOT NULL DEFAULT 0; -- 0: no alert waits
UPDATE story SET wait_until = first_seen_at + 600000 WHERE waiting = 1 AND first_run = 0;
CREATE INDEX story_wait_until ON story (wait_until) WHERE waiting = 1 AND wait_until > 0;

DROP INDEX story_waiting;
DROP INDEX story_waiting_host;
CREATE INDEX story_waiting ON story (first_seen_at, waiting) WHERE waiting = 1;
CREATE INDEX story_waiting_turn ON story (host, source, first_run, due_at, id, claimed_until, waiting) WHERE waiting = 1; -- all that a turn looks at
CREATE INDEX story_waiting_claim ON story (claimed_until) WHERE waiting = 1 AND claimed_until > 0;
CREATE INDEX story_waiting_new ON story (host, due_at) WHERE waiting = 1 AND first_run = 0;
CREATE INDEX source_claim ON source (claimed_until) WHERE claimed_until > 0;
