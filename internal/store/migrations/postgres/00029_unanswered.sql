-- +goose Up
-- Each scrape counts the alerts of a day of which others were told that nobody answers them.
CREATE INDEX delivery_unanswered ON delivery (created_at) WHERE kind = 'unanswered';
