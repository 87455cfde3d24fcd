-- +goose Up

-- The configs that were loaded, one after another, so that what was done with a
-- story can be explained by the rules of then. Each was in use until the next one.
CREATE TABLE config (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash      text   NOT NULL,
    rules     bytea  NOT NULL,  -- opaque here; it holds no secrets
    loaded_at bigint NOT NULL
);
CREATE INDEX config_loaded ON config (loaded_at);

-- Why the page of a story could not be read, when it was last tried; '': it could.
ALTER TABLE story ADD COLUMN page_error text NOT NULL DEFAULT '';
