package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Reader reads the store of a config, beside a daemon that may be running.
type Reader struct {
	store *store.Store
}

// OpenReader opens a store that exists already, for reading only. The caller
// must Close the Reader.
func OpenReader(ctx context.Context, log *slog.Logger, cfg *config.Config) (*Reader, error) {
	s, err := store.OpenReadOnly(ctx, log, cfg.Storage)
	if err != nil {
		return nil, err
	}
	return &Reader{store: s}, nil
}

// Close closes the store.
func (r *Reader) Close() error { return r.store.Close() }

// Status gathers what the store says of the daemon's work.
func (r *Reader) Status(ctx context.Context) (Status, error) { return ReadStatus(ctx, r.store) }

// Due returns when each enabled source is crawled next.
func (r *Reader) Due(ctx context.Context) (map[string]time.Time, error) {
	states, err := r.store.Sources.List(ctx)
	due := make(map[string]time.Time, len(states))
	for _, s := range states {
		due[s.Name] = s.Next
	}
	return due, err
}

// Backup writes a whole copy of a SQLite store to a new file.
func (r *Reader) Backup(ctx context.Context, file string) error { return r.store.Backup(ctx, file) }

// Path is the file of a SQLite store, "" on PostgreSQL.
func (r *Reader) Path() string { return r.store.Path() }

// Clock returns the time of the database server; ok is false on SQLite, which
// has none of its own.
func (r *Reader) Clock(ctx context.Context) (now time.Time, ok bool, err error) {
	return r.store.Clock.Now(ctx)
}

// Snoozes returns the snoozes that hold, the first to end first.
func (r *Reader) Snoozes(ctx context.Context, now time.Time) ([]Snoozed, error) {
	return readSnoozes(ctx, r.store, now)
}

// DeliveryFilter says which deliveries are wanted; a channel may begin with "#".
type DeliveryFilter = store.DeliveryFilter

// DeliveryStatus is a delivery with what it tells of.
type DeliveryStatus struct {
	news.Delivery
	Rules []string // of the alert; none for an ops message
	Title string   // of the story; "" for an ops message
	URL   string   // of the story
	Told  int64    // the ID of the story; 0: it tells of none, or of several

	Paused bool // it waits for the end of a pause

	Revisions []news.Revision // how the story was changed since, the oldest first
}

// Deliveries returns the deliveries of a filter, the newest first.
func (r *Reader) Deliveries(ctx context.Context, f store.DeliveryFilter) ([]DeliveryStatus, error) {
	return readDeliveries(ctx, r.store, f)
}

func readDeliveries(ctx context.Context, s *store.Store, f store.DeliveryFilter) ([]DeliveryStatus, error) {
	f.Channel = notify.ChannelName(f.Channel)
	found, err := s.Deliveries.Find(ctx, f)
	if err != nil {
		return nil, err
	}
	pauses, err := s.Pauses.All(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]DeliveryStatus, len(found))
	for i, d := range found {
		all[i].Delivery, all[i].Paused = d, isPaused(pauses, &d)
		if err := addTold(ctx, s, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// addTold adds what a delivery tells of. A digest goes by what it tells of first.
func addTold(ctx context.Context, s *store.Store, d *DeliveryStatus) error {
	switch {
	case d.Kind == news.DeliverDigest && d.About == news.AboutStorm:
		st, err := s.Storms.StormOf(ctx, d.Delivery)
		d.Rules, d.Title, d.Text = []string{st.Rule}, "storm of "+st.Rule, ""
		return err
	case d.Kind == news.DeliverDigest:
		told, err := s.Deliveries.Digest(ctx, d.ID)
		if err != nil || len(told) == 0 {
			return err
		}
		d.Rules, d.Title, d.URL, d.Text = told[0].Alert.Rules, told[0].Story.Title, told[0].Story.URL, ""
		if more := len(told) - 1; more > 0 {
			d.Title += fmt.Sprintf(" (and %d more%s)", more, map[news.About]string{"": " that were missed while down"}[d.About])
		}
		return nil
	case d.Kind == news.DeliverNotice && d.Text == "": // it was taken back before it was told
		return nil
	case d.Kind == news.DeliverNotice:
		m, err := notify.Notice(d.Delivery, false, time.UTC)
		if err == nil {
			d.Rules, d.Title, d.Text = m.Rules, m.Text, ""
		}
		return err
	case d.Kind == news.DeliverSignal:
		s, err := notify.SignalOf(d.Delivery)
		if err == nil {
			d.Rules, d.Title, d.Text = []string{s.Rule}, s.String(), ""
		}
		return err
	case d.Alert == 0:
		return nil
	}
	told, err := s.Deliveries.Content(ctx, d.Delivery)
	if err != nil {
		return err
	}
	d.Rules, d.Title, d.URL, d.Text = told.Alert.Rules, told.Story.Title, told.Story.URL, ""
	d.Told = told.Story.ID
	d.Revisions, err = s.Stories.Revisions(ctx, told.Story.ID)
	return err
}

// LastGood returns the last good config that the store keeps, for when the
// files at path are wrong, with the parts of it that are used. Which store that
// is must still be readable there.
func LastGood(ctx context.Context, log *slog.Logger, path string, env config.Getenv,
	uses ...config.Use) (cfg *config.Config, err error) {
	storage, err := config.StorageOf(path, env)
	if err != nil {
		return nil, fmt.Errorf("read last good config: %w", err)
	}
	s, err := store.OpenReadOnly(ctx, log, storage)
	if err != nil {
		return nil, fmt.Errorf("read last good config: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	kept, err := s.Settings.Get(ctx, store.SettingConfig)
	if err != nil {
		return nil, fmt.Errorf("read last good config: %w", err)
	}
	if kept == "" {
		return nil, fmt.Errorf("read last good config: %s keeps none: no daemon has run on it", s.Name())
	}
	return restore(path, kept, env, uses...)
}
