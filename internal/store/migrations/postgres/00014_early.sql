-- +goose Up

-- The alerts that a story raised, whatever cluster they are on.
CREATE INDEX alert_story ON alert (story_id);
