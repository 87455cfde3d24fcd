-- +goose Up

-- What somebody did in Slack, as it came in, until it is known what that came to. A row goes
-- when it had its effect, or was refused.
CREATE TABLE press (
    request    text   PRIMARY KEY,         -- what arrives twice is one row
    body       text   NOT NULL,            -- JSON
    pressed_at bigint NOT NULL,
    tries      bigint NOT NULL DEFAULT 1,
    due_at     bigint NOT NULL             -- when it is tried again
);
CREATE INDEX press_due ON press (due_at);
