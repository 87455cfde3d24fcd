package store // breaks docs: package store has no comment

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/copytaster/copytaster/config" // breaks imports: internal/store may not import config; it may import internal/news
	"github.com/copytaster/copytaster/internal/news"
)

// Open has the wrong order.
func Open(path string, log *slog.Logger) (time.Time, error) { // breaks constructors: Open takes *slog.Logger too late
	log.Info("x")
	slog.Info(path, "story", news.Story{}, "config", config.Config{}) // breaks output: slog.Info is not passed in
	time.Sleep(1)                                                     // breaks clock: time.Sleep
	return time.Now(), nil                                            // breaks clock: time.Now in internal/store
}

// New has the right one.
func New(log *slog.Logger, client *http.Client, name string, limit int) {}

// Opened is no constructor.
func Opened(path string, log *slog.Logger) {}
