-- +goose Up
-- The page of deliveries shows those of one state, the newest first.
CREATE INDEX delivery_state ON delivery (state, id);
