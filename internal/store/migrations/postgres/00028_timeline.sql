-- +goose Up

-- What the crawls of each hour came to is read where it is shown, and so stands beside the health
-- of a source, of which it was the last part: ..., "timeline": {...}}.
ALTER TABLE source ADD COLUMN timeline text NOT NULL DEFAULT ''; -- JSON of package health
UPDATE source SET timeline = substr(health, strpos(health, '"timeline":{') + 11) WHERE strpos(health, '"timeline":{') > 0;
UPDATE source SET timeline = substr(timeline, 1, length(timeline) - 1),
    health = rtrim(substr(health, 1, strpos(health, '"timeline":{') - 1), ',') || '}' WHERE timeline <> '';

-- The database itself notes which stories changed, whoever changes them: a daemon that knows
-- nothing of the index of words may still be at work. What one changed before is not known, so
-- everything is indexed again.
DELETE FROM word_segment;
ALTER TABLE word_segment DROP COLUMN stories;

-- +goose StatementBegin
CREATE FUNCTION note_changed_story() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO word_stale (story_id, edits) VALUES (OLD.id, 1)
    ON CONFLICT (story_id) DO UPDATE SET edits = word_stale.edits + 1;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER story_changed AFTER UPDATE OF title, titles, summary, body ON story FOR EACH ROW
    WHEN (OLD.title <> NEW.title OR OLD.titles <> NEW.titles OR OLD.summary <> NEW.summary OR OLD.body <> NEW.body)
    EXECUTE FUNCTION note_changed_story();
CREATE TRIGGER story_gone AFTER DELETE ON story FOR EACH ROW EXECUTE FUNCTION note_changed_story();
