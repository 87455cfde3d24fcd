-- +goose Up

-- What the looks at a story's page, and the lists, have found of it.
ALTER TABLE story ADD COLUMN stood_at bigint NOT NULL DEFAULT 0;     -- when it was last seen to stand; 0: when it was first seen
ALTER TABLE story ADD COLUMN withdrawn_how text NOT NULL DEFAULT ''; -- kind of the revision; '': its page is gone, if withdrawn_at says so
ALTER TABLE story ADD COLUMN withdrawn_by text NOT NULL DEFAULT '';  -- page, list or story: what said so; '': the page

-- Which alerts show a story: what becomes of it concerns them.
CREATE INDEX delivery_story ON delivery (story_id) WHERE story_id <> 0;
