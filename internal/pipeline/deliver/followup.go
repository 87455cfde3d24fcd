package deliver

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// errNoThread says that an update has nothing to reply to, or to tell.
var errNoThread = errors.New(store.NoThread)

// rootWait is how often it is looked whether the message was posted that an update
// replies to.
const rootWait = 5 * time.Second

// update renders what came after the first message of an alert: a reply to the newest
// message about the news that stands in the channel, or a post of its own where one of
// these holds:
//
//  1. It is a new chapter: the channel was last shown the news long ago. What quiet hours
//     kept is none.
//  2. There is no message to reply to, and the channel has to know.
//
// The error is a *news.LaterError while the message is still to be posted, and errNoThread
// when there will be none.
func (r *rendering) update(ctx context.Context) (m notify.Message, edited bool, err error) {
	told, err := r.content(ctx)
	if err == nil {
		err = r.standing(ctx, &told.Alert)
	}
	if err != nil {
		return m, false, err
	}
	shown := &told.Story
	if told.First != nil && !aboutStory(r.d.About) {
		shown = told.First
	}
	f := notify.Followup{Delivery: r.d, Alert: told.Alert, Story: notify.PieceOf(shown), Answerable: r.Plan().Answerable}
	if r.d.State == news.StateSent {
		err = r.stay(ctx, &f)
	} else if err = r.attach(ctx, &f); err == nil {
		err = r.unfold(ctx, &f)
	}
	if err == nil && r.d.State != news.StateSent {
		err = r.sleep(f.Alert.Severity)
	}
	if err != nil {
		return m, false, err
	}
	m, err = r.tell(ctx, f, &told)
	m.Marks = marksOf(r.d, &told)
	if err != nil || r.d.State == news.StateSent {
		return m, told.Alert.Edited, err
	}
	err = r.hush(&m)
	if err == nil && m.Thread == "" && !r.surfaces(m) {
		err = errNoThread
	}
	return m, told.Alert.Edited, err
}

// stay has an update that is to be edited stand where it was posted, and name who had seen
// to the news by then.
func (r *rendering) stay(ctx context.Context, f *notify.Followup) error {
	if f.Thread = r.d.Thread; f.Thread == "" {
		root, err := r.Store.Deliveries.RootBefore(ctx, r.d.Alert, r.d.ID)
		if err != nil {
			return err
		}
		if root.TS != "" && root.ChannelID == r.d.ChannelID {
			f.Earlier = r.chapter(ctx, f.Story.Headline, root)
		}
	}
	had, err := r.Store.Answers.GotBefore(ctx, f.Alert.ID)
	if err == nil && had.At.Before(r.d.Created) {
		f.Had = response(&had, f.Alert)
	}
	return err
}

// aboutStory reports whether an update tells what became of its own story.
func aboutStory(about news.About) bool {
	return about == news.AboutCorrected || about == news.AboutWithdrawn || about == news.AboutRestored ||
		about == news.AboutLinked
}

// isCoverage reports whether an update only tells of further reports.
func isCoverage(about news.About) bool {
	return about == news.AboutBatch || about == news.AboutDevelopment
}

// keepsToThread reports whether an update is for the thread alone.
func keepsToThread(about news.About) bool {
	return about == news.AboutBatch || about == news.AboutUnanswered || about == news.AboutLinked
}

// surfaces reports whether an update is one that a channel has to be shown.
func (r *rendering) surfaces(m notify.Message) bool {
	return !keepsToThread(r.d.About) && m.Severity > news.Info
}

// unfold finds out whether the alert waits to be told in a digest, which then tells what
// the update does. What a digest does not tell waits for it: a turn, what became of another
// story, and anything while it may have been sent. An alert that was raised is told at once,
// and leaves the digest then.
func (r *rendering) unfold(ctx context.Context, f *notify.Followup) error {
	in, waits, err := r.Store.Deliveries.OpenDigest(ctx, f.Alert.ID)
	if err != nil {
		return err
	}
	tried := in.Attempts > 0 || !in.LostUntil.IsZero()
	others := !isCoverage(r.d.About) && r.d.Story != 0 && r.d.Story != f.Alert.Story
	switch {
	case !waits || r.d.About == news.AboutRaised:
	case tried || r.d.About == news.AboutTurn || others:
		return &news.LaterError{At: onceSent(&in, r.Now().Add(rootWait))}
	default:
		return errNoThread
	}
	if err := r.unfurl(ctx, f); err != nil {
		return err
	}
	had, err := r.Store.Answers.GotBefore(ctx, f.Alert.ID)
	f.Had = response(&had, f.Alert)
	return err
}

// longestWait is how long a delivery waits at most before it is looked at again: what it
// waits for may come earlier than it was to.
const longestWait = 5 * time.Minute

// onceSent is when to look again whether a delivery was sent, and not before a time.
func onceSent(d *news.Delivery, earliest time.Time) time.Time {
	if d.Due.After(earliest) {
		return d.Due.Add(rootWait)
	}
	return earliest
}

// attach finds the message that an update replies to.
func (r *rendering) attach(ctx context.Context, f *notify.Followup) error {
	root, coming, err := r.Store.Deliveries.Root(ctx, r.d.Alert)
	switch {
	case err != nil:
		return err
	case coming:
		return &news.LaterError{At: r.Now().Add(rootWait)}
	case root.ChannelID != r.channel: // there is none, or it stands in another channel
		return nil
	}
	surfaced, err := r.Store.Deliveries.Surfaced(ctx, r.d.Alert)
	if err != nil {
		return err
	}
	r.root, f.Thread = root.Delivery, root.TS
	zone := r.Plan().Timezone
	chapter := cluster.StartsChapter(surfaced.In(zone), r.Now().In(zone))
	_, _, waits := r.waits(f.Alert.Severity)
	if chapter && !waits && !slept(r, f.Alert.Severity) && !keepsToThread(r.d.About) && f.Alert.Severity > news.Info {
		f.Thread, f.Earlier = "", r.chapter(ctx, f.Story.Headline, root)
	}
	return nil
}

// chapter is a message that another one leads to. Without a link it is named all the same.
func (r *rendering) chapter(ctx context.Context, headline string, at store.Posted) *notify.Chapter {
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	link, err := r.Plan().Sender.Permalink(bounded, notify.Receipt{ChannelID: at.ChannelID, TS: at.TS})
	if err != nil {
		r.Log.Warn("no link to a message", "channel", r.d.Channel, "error", err)
	}
	return &notify.Chapter{Headline: headline, Link: link, At: at.Posted}
}

// tell renders an update by what it is about.
func (r *rendering) tell(ctx context.Context, f notify.Followup, told *store.Content) (m notify.Message, err error) {
	switch r.d.About {
	case news.AboutBatch, news.AboutDevelopment, news.AboutTurn:
		return r.reports(ctx, f)
	case news.AboutRaised:
		return r.raised(ctx, f, told)
	case news.AboutCorrected:
		return say(r.d, f.Corrected)
	case news.AboutWithdrawn:
		return r.withdrawn(ctx, f, told)
	case news.AboutRestored:
		return say(r.d, f.Restored)
	case news.AboutLinked:
		return say(r.d, f.Linked)
	case news.AboutMismatch:
		return say(r.d, f.Mismatched)
	case news.AboutUnanswered:
		return say(r.d, f.Unanswered)
	}
	return m, fmt.Errorf("nothing is known about %q", r.d.About)
}

// say renders what the text of an update holds.
func say[T any](d news.Delivery, render func(T) notify.Message) (m notify.Message, err error) {
	var what T
	if err := json.Unmarshal([]byte(d.Text), &what); err != nil {
		return m, fmt.Errorf("read update %s: %w", d.About, err)
	}
	return render(what), nil
}

// raised renders the update of an alert that was raised: by another story, of which all is
// told, or by other outlets.
func (r *rendering) raised(ctx context.Context, f notify.Followup, told *store.Content) (notify.Message, error) {
	became, err := r.became(ctx, told)
	if err != nil {
		return notify.Message{}, err
	}
	return say(r.d, func(how notify.Raise) notify.Message {
		if len(how.Outlets) > 0 {
			return f.Raised(how)
		}
		m := notify.Story(r.d, told.Alert, &told.Story, told.Matches, r.Now())
		state := became
		state.Raised, state.Had = &how, f.Had
		if f.Thread == "" {
			state.Earlier = []notify.Chapter{{Headline: f.Story.Headline, At: told.Alert.Created}}
		}
		if f.Earlier != nil {
			state.Earlier = []notify.Chapter{*f.Earlier}
		}
		m.Thread, m.Broadcast = f.Thread, f.Thread != ""
		return r.answerable(m.In(state), told.Alert)
	})
}

// became is what its outlet did to a story that an update tells of, beside the alert's own.
func (r *rendering) became(ctx context.Context, told *store.Content) (s notify.State, err error) {
	updates, err := r.Store.Deliveries.Updates(ctx, told.Alert.ID)
	for i := range updates {
		if updates[i].Story != told.Story.ID || !aboutStory(updates[i].About) || updates[i].About == news.AboutCorrected {
			continue
		}
		if err := fold(&s, updates[i]); err != nil {
			r.Log.Error("an update is unreadable, the message leaves it out", "delivery", updates[i].ID, "error", err)
		}
	}
	return s, err
}

// withdrawn renders the update of a story that was withdrawn, with who still carries its
// news. What is said of a further report may be of it alone: then who carries its text.
func (r *rendering) withdrawn(ctx context.Context, f notify.Followup, told *store.Content) (notify.Message, error) {
	id, err := r.Store.Stories.News(ctx, f.Alert.Cluster)
	if err != nil {
		return notify.Message{}, err
	}
	stories, err := r.Store.Stories.OfNews(ctx, id)
	if err != nil {
		return notify.Message{}, err
	}
	if told.First != nil {
		stories = slices.DeleteFunc(stories, func(s news.Story) bool { return s.Cluster != told.Story.Cluster })
	}
	carriers, err := r.carriers(ctx, f.Alert.ID, id, stories)
	if err != nil {
		return notify.Message{}, err
	}
	return say(r.d, func(w notify.Withdrawal) notify.Message {
		w.Carried = carriers
		return f.Withdrawn(w)
	})
}

// reports renders the update that tells of further reports.
func (r *rendering) reports(ctx context.Context, f notify.Followup) (m notify.Message, err error) {
	reports, stories, err := r.Store.Deliveries.Reports(ctx, r.d.ID)
	if err == nil && len(reports) == 0 {
		err = errNoThread
	}
	if err != nil {
		return m, err
	}
	for _, s := range stories {
		r.Plan().SetOrigin(s)
	}
	if r.d.About == news.AboutBatch {
		return f.Batch(batchOf(reports, stories)), nil
	}
	all := make([]notify.Development, len(reports))
	for i := range reports {
		var w cluster.Worth
		if err := json.Unmarshal([]byte(reports[i].Why), &w); err != nil {
			return m, fmt.Errorf("read report of story %d: %w", reports[i].Story, err)
		}
		all[i] = notify.Development{Piece: notify.PieceOf(stories[i]), New: spoken(w.News)}
		all[i].Piece.Gone = notify.HowOf(reports[i].Withdrawn)
		nameMark(&all[i])
		if w.Level == cluster.Turn && len(w.News) > 0 {
			all[i].Turn = all[i].New[0]
		}
	}
	return f.Developments(all), nil
}

// nameMark calls what its outlet took back as the outlet does: agencies kill a story, others
// withdraw it.
func nameMark(d *notify.Development) {
	before, _, _ := strings.Cut(strings.ToLower(d.Piece.Headline), ":")
	if len(d.New) > 0 && d.New[0] == inFull["kill"] && !strings.Contains(before, "kill") {
		d.New[0] = "withdrawn"
	}
}

// batchOf is what a batch tells: copies are counted, the rest is named.
func batchOf(reports []store.NewsReport, stories []*news.Story) notify.Batch {
	b := notify.Batch{Since: reports[0].Created} // there is one
	for i, r := range reports {
		p := notify.PieceOf(stories[i])
		p.Gone = notify.HowOf(r.Withdrawn)
		switch {
		case cluster.Level(r.Level) != cluster.CopyLevel:
			b.Own = append(b.Own, p)
		case p.Gone != "":
			b.Copies = append(b.Copies, p.Source+" (withdrawn)")
		default:
			b.Copies = append(b.Copies, p.Source)
		}
	}
	return b
}

// inFull are the words of package cluster for what is new that say too little alone.
var inFull = map[string]string{"off": "called off", "false": "said to be false", "kill": "killed", "correction": "corrected"}

// spoken says what is new as people do, a number before its noun: "41 dead".
func spoken(all []string) []string {
	shown := make([]string, len(all))
	for i, what := range all {
		shown[i] = cmp.Or(inFull[what], what)
		if at := strings.LastIndexByte(what, ' '); at > 0 {
			if _, err := strconv.ParseFloat(what[at+1:], 64); err == nil {
				shown[i] = what[at+1:] + " " + what[:at]
			}
		}
	}
	return shown
}
