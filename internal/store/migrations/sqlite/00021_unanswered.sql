-- +goose Up

-- Alerts of which others are told when nobody answers them. A row goes when they were told, or
-- when the alert is too old to be news.
CREATE TABLE unanswered (
    alert_id   bigint PRIMARY KEY REFERENCES alert (id) ON DELETE CASCADE,
    patience   bigint NOT NULL,            -- how long an answer is waited for, in milliseconds
    told_in    text   NOT NULL,            -- JSON: channels
    mentions   text   NOT NULL DEFAULT '', -- JSON
    since_at   bigint NOT NULL DEFAULT 0,  -- since when the alert is open; 0: it was not posted yet
    due_at     bigint NOT NULL             -- when it is looked at
);
CREATE INDEX unanswered_due ON unanswered (due_at);
