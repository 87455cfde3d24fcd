-- +goose Up

-- When the page of a story that waited for it was read, or given up; 0: it is still waited for, or that is not known.
ALTER TABLE story ADD COLUMN read_at bigint NOT NULL DEFAULT 0;
