package deliver

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// The names of what the operators are told of when it begins, because nothing
// but time would end it.
const (
	troubleLooking = "looking"  // deliveries in doubt cannot be looked for
	troubleSending = "sending"  // deliveries fail, or are in doubt, again and again
	troubleChannel = "channel " // and a name: what is posted there is refused
)

// How often in a row something fails before the operators hear of it: a server
// that is restarted is back by then.
const (
	failuresTold = 6 // posts to one channel that failed: within a minute
	doubtsTold   = 3 // posts of one delivery that are in doubt: after five minutes or so
)

// trouble tells the operators that something is wrong, once for as long as it
// is.
func (a *attempt) trouble(ctx context.Context, name, text string, cause error) error {
	now := a.Now()
	return a.Store.InTx(ctx, func(tx *store.Tx) error {
		first, err := tx.Troubles.Begin(ctx, name, cause.Error(), now)
		if err != nil || !first {
			return err
		}
		a.Log.Error("trouble that does not pass by itself", "what", name, "error", cause)
		return a.Ops(ctx, tx, now, text)
	})
}

// endTrouble ends the trouble with the channel, and with sending if the delivery or
// the channel had any: what troubles the next delivery is told anew.
func (a *attempt) endTrouble(ctx context.Context) error {
	if err := a.Store.Troubles.End(ctx, troubleChannel+a.channel.Name); err != nil {
		return err
	}
	if a.d.Attempts <= 1 && a.channel.Failures == 0 {
		return nil // another channel may have it
	}
	return a.Store.Troubles.End(ctx, troubleSending)
}

// tellBlind says that nobody can look whether deliveries in doubt have arrived.
func tellBlind(ctx context.Context, a *attempt, cause error) error {
	return a.trouble(ctx, troubleLooking, fmt.Sprintf("Slack cannot be asked whether messages have arrived that it did not acknowledge: %v. "+
		"They are kept in doubt, since to post them again could double them, and given up when they are %s old. "+
		"When a scope is missing, add it to the app and install it again.", cause, hours(a.patienceEnds())), cause)
}

// tellFailure says that what is posted to a channel is refused, or that posts
// have failed for some time.
func tellFailure(ctx context.Context, a *attempt, se *notify.SendError) error {
	name := troubleSending
	switch {
	case se.Problem != notify.Temporary:
		return nil
	case se.Lasting:
		name = troubleChannel + a.channel.Name
	case a.channel.Failures+1 < failuresTold:
		return nil
	}
	return a.trouble(ctx, name, fmt.Sprintf("Delivery %d to %s has failed: %v. It and what waits behind it are kept and tried again, "+
		"and given up when they are %s old.", a.d.ID, a.channel.Name, se.Err, hours(a.patienceEnds())), se.Err)
}

// tellDoubts says that Slack leaves it open, again and again, whether a message
// has arrived.
func tellDoubts(ctx context.Context, a *attempt, cause error) error {
	if a.d.Attempts < doubtsTold {
		return nil
	}
	return a.trouble(ctx, troubleSending, fmt.Sprintf("Slack does not say whether delivery %d to %s has arrived: %v. It was posted %d times, and is "+
		"looked for before each time. It is tried again until it is %s old.", a.d.ID, a.d.Channel, cause, a.d.Attempts, hours(a.patienceEnds())), cause)
}

// hours is a time in hours, or in minutes when it is shorter.
func hours(d time.Duration) string {
	if d < time.Hour {
		return fmt.Sprintf("%.0f minutes", d.Minutes())
	}
	return fmt.Sprintf("%.0f h", d.Hours())
}
