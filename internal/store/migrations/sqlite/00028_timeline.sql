-- +goose Up

-- What the crawls of each hour came to is read where it is shown, and so stands beside the health
-- of a source, of which it was the last part: ..., "timeline": {...}}.
ALTER TABLE source ADD COLUMN timeline text NOT NULL DEFAULT ''; -- JSON of package health
UPDATE source SET timeline = substr(health, instr(health, '"timeline":{') + 11) WHERE instr(health, '"timeline":{') > 0;
UPDATE source SET timeline = substr(timeline, 1, length(timeline) - 1),
    health = rtrim(substr(health, 1, instr(health, '"timeline":{') - 1), ',') || '}' WHERE timeline <> '';

-- The database itself notes which stories changed, whoever changes them: a daemon that knows
-- nothing of the index of words may still be at work. What one changed before is not known, so
-- everything is indexed again.
DELETE FROM word_segment;
ALTER TABLE word_segment DROP COLUMN stories;

-- +goose StatementBegin
CREATE TRIGGER story_changed AFTER UPDATE OF title, titles, summary, body ON story
WHEN OLD.title <> NEW.title OR OLD.titles <> NEW.titles OR OLD.summary <> NEW.summary OR OLD.body <> NEW.body
BEGIN
    INSERT INTO word_stale (story_id, edits) VALUES (NEW.id, 1)
    ON CONFLICT (story_id) DO UPDATE SET edits = word_stale.edits + 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER story_gone AFTER DELETE ON story
BEGIN
    INSERT INTO word_stale (story_id, edits) VALUES (OLD.id, 1)
    ON CONFLICT (story_id) DO UPDATE SET edits = word_stale.edits + 1;
END;
-- +goose StatementEnd
