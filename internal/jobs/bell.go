package jobs

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// aloneDriver is River's driver for SQLite with a bell for a listener. River's
// own asks a table for news twenty times a second, for another process may have
// inserted a job; but the file has one owner, who knows what it inserts.
type aloneDriver struct {
	*riversqlite.Driver
	bell bell
}

// SupportsListenNotify keeps River from writing down that a job was inserted.
func (d aloneDriver) SupportsListenNotify() bool { return false }

// GetListener returns the bell.
func (d aloneDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return d.bell
}

// bell tells River's client, in its own process, which queues have new jobs. A
// ring that is lost costs no more than the wait for the next poll.
type bell chan riverdriver.Notification

// waiting is how many rings are kept while River is busy: more than there are
// queues.
const waiting = 16

// ring tells that jobs were inserted. It may be rung before the transaction
// commits: whoever comes to fetch them waits for the one connection, which the
// transaction holds.
func (b bell) ring(jobs []river.InsertManyParams) {
	rung := map[string]bool{}
	for _, j := range jobs {
		if queue := j.InsertOpts.Queue; !rung[queue] {
			rung[queue] = true
			select {
			case b <- riverdriver.Notification{Topic: "river_insert", Payload: fmt.Sprintf(`{"queue": %q}`, queue)}:
			default:
			}
		}
	}
}

// WaitForNotification waits for a ring.
func (b bell) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case n := <-b:
		return &n, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Connect does nothing: there is nothing to connect to.
func (bell) Connect(context.Context) error { return nil }

// Close does nothing.
func (bell) Close(context.Context) error { return nil }

// Ping does nothing.
func (bell) Ping(context.Context) error { return nil }

// Listen does nothing: every topic is listened to.
func (bell) Listen(context.Context, string) error { return nil }

// Unlisten does nothing.
func (bell) Unlisten(context.Context, string) error { return nil }

// Schema is none.
func (bell) Schema() string { return "" }

// SetAfterConnectExec does nothing.
func (bell) SetAfterConnectExec(string) {}
