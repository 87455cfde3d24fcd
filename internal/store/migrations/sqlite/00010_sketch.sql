-- +goose Up

-- What is kept of each story that matched, to find those that carry its text.
CREATE TABLE sketch (
    story_id bigint  PRIMARY KEY REFERENCES story (id) ON DELETE CASCADE,
    sketch   blob    NOT NULL,             -- opaque here
    rarity   blob ,                        -- opaque here; NULL: nothing was learnt of what stood before the story
    joined   text    NOT NULL DEFAULT '',  -- JSON: why it joined its cluster by its text; '': it did not
    indirect integer NOT NULL DEFAULT 0,   -- 1: by another member than the first
    told     text    NOT NULL DEFAULT '',  -- JSON: what its title and lead tell
    seen_at  bigint  NOT NULL,             -- when the story was first seen
    changed  bigint  NOT NULL              -- number of the last change, of its cluster included
);
CREATE INDEX sketch_changed ON sketch (changed);
CREATE INDEX sketch_seen ON sketch (seen_at);

-- The number of the last change of any sketch. Whoever changes one holds this row
-- until the transaction ends, so that the numbers commit in their order.
CREATE TABLE sketch_change (
    changed bigint NOT NULL
);
INSERT INTO sketch_change (changed) VALUES (0);

-- What an outlet, or a source, told before a time.
CREATE INDEX story_outlet ON story (outlet, first_seen_at);
CREATE INDEX story_source ON story (source, first_seen_at);
