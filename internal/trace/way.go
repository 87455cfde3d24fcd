package trace

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
)

// Way is the way of one story.
type Way struct {
	Asked   string       `json:"asked"`
	Fate    Fate         `json:"fate"`
	Reason  string       `json:"reason"` // of the fate, in a sentence
	Story   *ToldStory   `json:"story,omitempty"`
	Others  []*ToldStory `json:"others,omitempty"`  // that fit as well, the newest first
	Listed  []Listed     `json:"listed,omitempty"`  // of a story whose text is gone: who listed it
	Sources []SiteSource `json:"sources,omitempty"` // of a story that was never listed: who should have
	Changes []ToldChange `json:"changes,omitempty"` // by its outlet
	Matches []Match      `json:"matches,omitempty"` // that were recorded
	Then    *Rules       `json:"then,omitempty"`    // the config that the story was judged by
	Rules   []Ruling     `json:"rules,omitempty"`   // each rule's, by the rules of then and of today
	News    *News        `json:"news,omitempty"`    // that it belongs to, when it matched
	Alerts  []ToldAlert  `json:"alerts,omitempty"`  // on its news
}

// ToldStory is a story, and what was read of it.
type ToldStory struct {
	ID        int64      `json:"id"`
	Title     string     `json:"title"`
	URL       string     `json:"url"`
	Source    string     `json:"source"`
	Outlet    string     `json:"outlet,omitempty"`
	Seen      *time.Time `json:"seen"` // when a crawl first listed it
	Published *time.Time `json:"published,omitempty"`
	Language  string     `json:"language,omitempty"`
	Text      string     `json:"text"` // where its text is from: page, list; gone when it is kept no more
	Words     int        `json:"words"`
	FirstRun  bool       `json:"first_run,omitempty"` // it came with the first crawl of its source, or an import
	Waiting   bool       `json:"waiting,omitempty"`   // its page is still to be read
	Due       *time.Time `json:"page_due,omitempty"`  // of a waiting story: when its page is tried next
	Tries     int        `json:"page_tries,omitempty"`
	PageRead  *time.Time `json:"page_read,omitempty"`
	PageError string     `json:"page_error,omitempty"` // why its page could not be read
	Withdrawn *time.Time `json:"withdrawn,omitempty"`  // when its page was found gone
}

// Where the text of a story is from.
const (
	fromPage = "page"
	fromList = "list"
	textGone = "gone"
)

func storyOf(s *store.StoryState) *ToldStory {
	told := &ToldStory{
		ID: s.ID, Title: s.Title, URL: news.ShownURL(s.URL), Source: s.Origin.Source, Outlet: s.Outlet,
		Seen: news.KnownTime(s.FirstSeen), Published: news.KnownTime(s.Published), Language: s.Language, Text: fromList,
		Words: text.Words(text.Split(cmp.Or(s.Text, s.Summary))), FirstRun: s.FirstRun, Waiting: s.Waiting, Tries: s.Tries,
		PageError: s.PageError, Withdrawn: news.KnownTime(s.Withdrawn),
	}
	if s.FromPage {
		told.Text, told.PageRead, told.PageError = fromPage, news.KnownTime(s.Read), ""
	}
	if s.Waiting {
		told.Due = news.KnownTime(s.Due)
	}
	return told
}

// ToldChange is a change of a story by its outlet.
type ToldChange struct {
	Seen  *time.Time          `json:"seen"`
	Kinds []news.RevisionKind `json:"kinds"`
	Title string              `json:"title"` // before it
	Words []news.Change       `json:"-"`     // that went and came, with what stands between them
}

// Rewords reports whether other words stand in the story since the change.
func (c ToldChange) Rewords() bool {
	return slices.Contains(c.Kinds, news.RevisedHeadline) || slices.Contains(c.Kinds, news.RevisedText)
}

func (t *Tracer) addRevisions(ctx context.Context, w *Way, s *store.StoryState) error {
	revisions, err := t.store.Stories.Revisions(ctx, s.ID)
	for i, r := range revisions {
		next := news.Revision{Title: s.Title, Text: cmp.Or(s.Text, s.Summary)}
		if i+1 < len(revisions) {
			next = revisions[i+1]
		}
		told := ToldChange{Seen: news.KnownTime(r.Seen), Kinds: r.Kinds, Title: r.Title}
		for _, c := range r.Changes {
			was, is := r.Text, next.Text
			if c.Field == news.FieldTitle {
				was, is = r.Title, next.Title
			}
			told.Words = append(told.Words, revision.Spaced(c, was, is))
		}
		w.Changes = append(w.Changes, told)
	}
	return err
}

// Match is a rule that matched, as it was recorded.
type Match struct {
	Rule     string          `json:"rule"`
	Severity news.Severity   `json:"severity"`
	At       *time.Time      `json:"at"`
	Early    bool            `json:"early,omitempty"` // by what the list says, before its page was read
	Evidence []news.Evidence `json:"evidence"`
	hash     string
}

func (t *Tracer) addMatches(ctx context.Context, w *Way, s *store.StoryState) error {
	matched, err := t.store.Ways.Matched(ctx, s.ID)
	for _, m := range matched {
		w.Matches = append(w.Matches, Match{
			Rule: m.Rule, Severity: m.Severity, At: news.KnownTime(m.At), Early: s.Waiting || m.At.Before(s.Read), hash: m.Hash,
			Evidence: append([]news.Evidence{}, m.Evidence...),
		})
	}
	return err
}

// News is the news that a story belongs to.
type News struct {
	ID       int64     `json:"id"`
	Clusters []Cluster `json:"clusters"`
	Apart    []Apart   `json:"apart,omitempty"` // what people took out of it, and what it was taken out of, the oldest first
}

// Apart is a story that a person took out of a news, with what lay under it.
type Apart struct {
	Title    string     `json:"title"`
	URL      string     `json:"url"`
	From     string     `json:"from"` // headline of the first story of the news
	By       string     `json:"by"`
	At       *time.Time `json:"at"`
	UndoneBy string     `json:"undone_by,omitempty"` // who put it back
	Undone   *time.Time `json:"undone,omitempty"`
}

// Cluster is stories of a news that carry one text.
type Cluster struct {
	ID      int64    `json:"id"`
	Why     string   `json:"why,omitempty"` // it belongs to the news; "" when it began it
	Stories []Member `json:"stories"`
}

// Member is a story of a cluster.
type Member struct {
	ID    int64      `json:"id"`
	Title string     `json:"title"`
	URL   string     `json:"url"`
	Told  string     `json:"told_by"` // outlet, or source
	Seen  *time.Time `json:"seen"`
	Why   string     `json:"why,omitempty"` // it carries the text of the cluster; "" when it began it, or has the same link
}

func (t *Tracer) addNews(ctx context.Context, w *Way, s *store.StoryState) error {
	if len(w.Matches) == 0 {
		return nil
	}
	id, err := t.store.Stories.News(ctx, s.Cluster)
	if err != nil {
		return err
	}
	members, err := t.store.Ways.Members(ctx, id)
	if err != nil {
		return err
	}
	w.News = &News{ID: id}
	at := map[int64]int{}
	for _, m := range members {
		i, known := at[m.Cluster]
		if !known {
			i = len(w.News.Clusters)
			at[m.Cluster] = i
			w.News.Clusters = append(w.News.Clusters, Cluster{ID: m.Cluster, Why: shownWhy(m.Linked)})
		}
		c := &w.News.Clusters[i]
		c.Stories = append(c.Stories, Member{
			ID: m.ID, Title: m.Title, URL: news.ShownURL(m.URL), Told: cmp.Or(m.Outlet, m.Origin.Source),
			Seen: news.KnownTime(m.FirstSeen), Why: shownWhy(m.Joined),
		})
	}
	return t.addApart(ctx, w.News)
}

func (t *Tracer) addApart(ctx context.Context, n *News) error {
	partings, err := t.store.Partings.OfNews(ctx, n.ID)
	if err != nil || len(partings) == 0 {
		return err
	}
	var ids []int64
	for _, p := range partings {
		ids = append(ids, p.Story, p.Other)
	}
	stories, err := t.store.Stories.Some(ctx, ids)
	if err != nil {
		return err
	}
	for i, p := range partings {
		s, other := stories[2*i], stories[2*i+1]
		if s == nil || other == nil { // they were pruned meanwhile
			continue
		}
		n.Apart = append(n.Apart, Apart{
			Title: s.Title, URL: news.ShownURL(s.URL), From: other.Title, By: p.By, At: news.KnownTime(p.At),
			UndoneBy: p.UndoneBy, Undone: news.KnownTime(p.Undone),
		})
	}
	return nil
}

// shownWhy says in words what the store keeps of a decision of package cluster.
func shownWhy(kept string) string {
	if kept == "" {
		return ""
	}
	var why cluster.Why
	if err := json.Unmarshal([]byte(kept), &why); err != nil {
		return "for a reason that cannot be read"
	}
	return why.String()
}

// ToldAlert is an alert on the story's news.
type ToldAlert struct {
	ID         int64         `json:"id"`
	Channel    string        `json:"channel"`
	Severity   news.Severity `json:"severity"`
	Rules      []string      `json:"rules"`
	At         *time.Time    `json:"at"`
	Own        bool          `json:"own"`                // the story raised it
	Folded     bool          `json:"folded,omitempty"`   // it is told in a digest, or in the list of a storm
	Relation   string        `json:"relation,omitempty"` // of the story to the news, if it did not raise it
	Worth      string        `json:"worth,omitempty"`    // of the story to the channel, and why
	ToldBy     int64         `json:"told_by,omitempty"`  // the delivery that tells of the story
	Recalled   []Recalled    `json:"recalled,omitempty"` // who took it back, and for which rules
	Deliveries []Delivery    `json:"deliveries"`
	takenBack  bool          // all of it is
}

// Recalled is a recall that took an alert back.
type Recalled struct {
	ID   int64      `json:"id"`
	Rule string     `json:"rule"`
	By   string     `json:"by"`
	Why  string     `json:"why,omitempty"`
	At   *time.Time `json:"at"`
}

// Delivery is a message.
type Delivery struct {
	ID      int64              `json:"id"`
	Kind    news.DeliveryKind  `json:"kind"`
	Channel string             `json:"channel,omitempty"` // where it is another one than the alert's
	About   news.About         `json:"about,omitempty"`
	State   news.DeliveryState `json:"state"`
	Created *time.Time         `json:"created"`
	Due     *time.Time         `json:"due,omitempty"`           // of one that waits
	Done    *time.Time         `json:"done,omitempty"`          // when it was sent or given up
	Link    string             `json:"link,omitempty"`          // to the message in Slack
	Rests   bool               `json:"mentions_rest,omitempty"` // it came without its mentions
	Error   string             `json:"error,omitempty"`
}

func (t *Tracer) addAlerts(ctx context.Context, w *Way, s *store.StoryState) error {
	if w.News == nil {
		return nil
	}
	alerts, err := t.store.Ways.Alerts(ctx, w.News.ID)
	if err != nil {
		return err
	}
	reports, err := t.store.Ways.Reports(ctx, s.ID)
	if err != nil {
		return err
	}
	for _, a := range alerts {
		told := ToldAlert{
			ID: a.ID, Channel: a.Channel, Severity: a.Severity, Rules: append([]string{}, a.Rules...),
			At: news.KnownTime(a.Created), Own: a.Story == s.ID, Folded: a.Folded, Deliveries: []Delivery{},
		}
		for _, r := range reports {
			if r.Alert == a.ID {
				told.Relation, told.Worth, told.ToldBy = r.Relation, shownWorth(r), r.Delivery
			}
		}
		if told.Relation == "" && !told.Own {
			told.Relation = relationOf(a.Cluster == s.Cluster)
		}
		recalls, err := t.store.Recalls.Of(ctx, a.ID)
		if err != nil {
			return err
		}
		told.takenBack = a.TakenBack(recalls)
		for _, r := range recalls {
			told.Recalled = append(told.Recalled, Recalled{
				ID: r.ID, Rule: r.Rule, By: r.By.Name, Why: r.Why, At: news.KnownTime(r.At),
			})
		}
		for _, d := range a.Deliveries {
			message := deliveryOf(&d)
			if d.Channel != a.Channel {
				message.Channel = d.Channel
			}
			told.Deliveries = append(told.Deliveries, message)
		}
		w.Alerts = append(w.Alerts, told)
	}
	return nil
}

func relationOf(oneCluster bool) string {
	if oneCluster {
		return cluster.Copy.String()
	}
	return cluster.Linked.String()
}

// shownWorth says in words what a report was worth.
func shownWorth(r store.NewsReport) string {
	worth := cluster.Level(r.Level).String()
	var why cluster.Worth
	if json.Unmarshal([]byte(r.Why), &why) != nil {
		return worth
	}
	for i, reason := range why.Reasons {
		worth += map[bool]string{true: ": ", false: ", "}[i == 0] + string(reason)
	}
	if len(why.News) > 0 {
		worth += fmt.Sprintf(" (%s)", strings.Join(why.News, ", "))
	}
	return worth
}

func deliveryOf(d *news.Delivery) Delivery {
	told := Delivery{
		ID: d.ID, Kind: d.Kind, About: d.About, State: d.State, Created: news.KnownTime(d.Created),
		Done: news.KnownTime(d.Done), Link: Permalink(d), Error: d.Error,
		Rests: d.Mentions == news.MentionsRest,
	}
	if d.State != news.StateSent && d.State != news.StateDead {
		told.Due = news.KnownTime(d.Due)
	}
	return told
}

// slackTime is how Slack names a message in a channel. The terminal names them otherwise.
var slackTime = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// Permalink returns the link to a message in Slack, "" when it did not arrive there.
// Slack sends whoever follows it to the workspace that has the channel.
func Permalink(d *news.Delivery) string {
	if d.ChannelID == "" || !slackTime.MatchString(d.TS) || d.Kind == news.DeliverEdit {
		return ""
	}
	link := "https://slack.com/archives/" + d.ChannelID + "/p" + strings.ReplaceAll(d.TS, ".", "")
	if d.Thread != "" {
		link += "?thread_ts=" + d.Thread + "&cid=" + d.ChannelID
	}
	return link
}
