-- +goose Up
-- The first page counts the reports of a day, of which there are ever more.
CREATE INDEX report_created ON report (created_at);
