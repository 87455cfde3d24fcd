package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/trace"
)

func whyVerb(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   `why URL|"WORDS OF A HEADLINE"`,
		Short: "Say what became of a story, and why",
		Long: `The whole way of one story: who listed it and when, what was read, what each rule
said of it, then and today, which news it belongs to and why, and each message
that told of it. Of a story that was never listed it names the sources that should
have had it, and how they fare.

Words of a headline find the newest story that has all of them.`,
		Args: cobra.MinimumNArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error { return why(ctx, t, strings.Join(args, " ")) }),
	}
	t.addFormat(cmd)
	return cmd
}

func why(ctx context.Context, t *tool, asked string) (err error) {
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	if err := t.require(cfg, config.UseStorage, config.UseRetention); err != nil {
		return err
	}
	tracer, err := trace.Open(ctx, t.logger(slog.LevelWarn), cfg.Storage, trace.Today{
		Now: time.Now(), Rules: trace.NewRulebook(cfg.Definition, cfg.Sources), Sources: cfg.Sources,
		Retention: cfg.Retention, StorageLimit: cfg.StorageLimit,
	})
	if errors.Is(err, fs.ErrNotExist) {
		return withHint(err, "`copytaster run` begins the store")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tracer.Close()) }()
	w, err := tracer.Why(ctx, asked)
	if errors.Is(err, trace.ErrNoWords) {
		return usage("%q is neither a URL nor words of a headline", asked)
	}
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(w)
	}
	printWay(t.output, w)
	return nil
}

func printWay(out *output, w *trace.Way) {
	out.say("%s: %s", out.palette.strong(string(w.Fate)), w.Reason)
	printListed(out, w)
	if w.Story == nil {
		return
	}
	printTraced(out, w)
	printJudged(out, w)
	if w.News != nil {
		printTold(out, w)
	}
	printAlerts(out, w)
	if len(w.Others) > 0 {
		out.say("\nolder stories that fit as well:")
	}
	for _, s := range w.Others {
		out.say("  %s · %s · %s", out.shownTime(s.Seen), orNone(s.Title), s.URL)
	}
}

// printListed says of a story that is not kept who listed it, or should have.
func printListed(out *output, w *trace.Way) {
	for _, l := range w.Listed {
		if l.Source == "" {
			out.say("  listed before an upgrade, by a source that is not known")
			continue
		}
		out.say("  listed by %s, last noted %s", l.Source, out.shownTime(l.Seen))
	}
	if len(w.Sources) > 0 {
		out.say("sources on its site:")
	}
	for _, c := range w.Sources {
		state := cmp.Or(c.Verdict, "not judged yet")
		if c.Disabled {
			state = "switched off"
		}
		out.say("  %s %s (%s)", out.palette.strong(c.Source), state, c.URL)
		out.say("    crawled %s, read whole %s, next %s; %s so far",
			out.shownTime(c.Crawled), out.shownTime(c.Read), out.shownTime(c.Next), text.Many(int(c.Stories), "story"))
		for _, what := range []string{c.Detail, c.Error, gapOf(out, &c)} {
			if what != "" {
				out.say("    %s", what)
			}
		}
	}
}

// gapOf says when stories of a source may have been missed; "": none were.
func gapOf(out *output, c *trace.SiteSource) string {
	if gap := c.GapIn(out.zone); gap != "" {
		return "possible gap " + gap
	}
	return ""
}

// printTraced says what is known of a story itself.
func printTraced(out *output, w *trace.Way) {
	s := w.Story
	out.say("\n%s", out.palette.strong(orNone(s.Title)))
	if s.URL != "" {
		out.say("  %s", s.URL)
	}
	listed := fmt.Sprintf("listed %s by %s", out.shownTime(s.Seen), s.Source)
	if s.FirstRun {
		listed += ", with its first crawl or an import"
	}
	if s.Published != nil {
		listed += ", dated " + out.shownTime(s.Published)
	}
	out.say("  %s", listed)
	switch {
	case s.Text == "gone":
		out.say("  its text is kept no more")
	case s.Waiting:
		out.say("  waits for its page: %s so far, the next is due %s", text.Plural(s.Tries, "try"), out.shownTime(s.Due))
	}
	if s.Text != "gone" {
		out.say("  %s from the %s%s%s", text.Many(s.Words, "word"), s.Text, readAt(out, s), map[bool]string{true: ", in " + s.Language}[s.Language != ""])
	}
	if s.PageError != "" {
		out.say("  its page could not be read: %s", s.PageError)
	}
	for _, c := range w.Changes {
		kinds := make([]string, len(c.Kinds))
		for i, kind := range c.Kinds {
			kinds[i] = string(kind)
		}
		out.say("  changed %s (%s); before: %s", out.shownTime(c.Seen), strings.Join(kinds, ", "), orNone(c.Title))
	}
}

// readAt says when the page of a story was read, "" when that is not known.
func readAt(out *output, s *trace.ToldStory) string {
	if s.PageRead == nil {
		return ""
	}
	return ", read " + out.shownTime(s.PageRead)
}

// matchedEarly says of a match that it did not wait for the page of its story.
func matchedEarly(out *output, m trace.Match, s *trace.ToldStory) string {
	switch {
	case !m.Early:
		return ""
	case s.PageRead != nil:
		return " on the list's text; the page was read " + out.shownTime(s.PageRead)
	case s.Waiting:
		return " on the list's text; the page is still to be read"
	default:
		return " on the list's text; the page could not be read"
	}
}

// mostVerdicts is how many rules that do not match are shown to people.
const mostVerdicts = 5

// printJudged says what the rules said, then and today.
func printJudged(out *output, w *trace.Way) {
	out.say("")
	if then := w.Then; then != nil {
		if then.Hash != "" {
			out.say("judged by config %.12s, loaded %s", then.Hash, out.shownTime(then.Loaded))
		}
		if then.Gone != "" {
			out.say("%s", then.Gone)
		}
	}
	for _, m := range w.Matches {
		rule := out.palette.strong(m.Rule)
		out.say("%s %s (%s) matched %s%s: %s", out.palette.mark(true), rule, m.Severity, out.shownTime(m.At), matchedEarly(out, m, w.Story),
			found(m.Evidence))
	}
	shown := 0
	for _, v := range w.Rules {
		said := verdict(v)
		if said == "" {
			continue
		}
		if shown++; shown > mostVerdicts {
			continue
		}
		today := v.Today != nil && *v.Today
		out.say("%s %s %s", out.palette.mark(today), out.palette.strong(v.Rule), said)
		for _, f := range v.Failed {
			out.say("    %s", f)
		}
	}
	if rest := shown - mostVerdicts; rest > 0 {
		out.say("and %s more (--format json has them all)", text.Many(rest, "rule"))
	}
}

// verdict says how a rule judges a story, when that is not said by what was recorded.
func verdict(v trace.Ruling) string {
	then, today := v.Then != nil && *v.Then, v.Today != nil && *v.Today
	switch {
	case then && today, then && v.Today == nil:
		return ""
	case then:
		return "does not match today"
	case today && v.Then == nil:
		return "matches today"
	case today:
		return "matches today, and did not then"
	case v.Today == nil:
		return "did not match, and is there no more"
	default:
		return "does not match"
	}
}

// found names the words that made a rule match.
func found(evidence []news.Evidence) string {
	var words []string
	for _, e := range evidence {
		if shown := fmt.Sprintf("%q", e.Text); len(words) < 5 && !strings.Contains(strings.Join(words, ", "), shown) {
			words = append(words, shown)
		}
	}
	return strings.Join(words, ", ")
}

// printTold shows the stories of the news, and why they belong to it.
func printTold(out *output, w *trace.Way) {
	out.say("\nnews %d:", w.News.ID)
	for _, c := range w.News.Clusters {
		if c.Why != "" {
			out.say("  linked: %s", c.Why)
		}
		for _, m := range c.Stories {
			this := ""
			if m.ID == w.Story.ID {
				this = out.palette.strong(" ← this")
			}
			out.say("  %s · %s · %s%s", out.shownTime(m.Seen), m.Told, orNone(m.Title), this)
			if m.Why != "" {
				out.say("    joined: %s", m.Why)
			}
		}
	}
	for _, a := range w.News.Apart {
		back := ""
		if a.Undone != nil {
			back = fmt.Sprintf("; put back by %s at %s", a.UndoneBy, out.shownTime(a.Undone))
		}
		out.say("  taken apart by %s at %s: %s, from the news of %s%s", a.By, out.shownTime(a.At), orNone(a.Title), orNone(a.From), back)
	}
}

// printAlerts shows each alert on the news with its messages.
func printAlerts(out *output, w *trace.Way) {
	for _, a := range w.Alerts {
		by := "raised by this story"
		if !a.Own {
			by = "raised by another story; this one: " + cmp.Or(a.Worth, a.Relation)
		}
		out.say("\n%s %s, %s: %s", out.palette.strong(a.Channel), a.Severity, strings.Join(a.Rules, ", "), by)
		for _, r := range a.Recalled {
			out.say("  recall %d took %s back, by %s %s", r.ID, r.Rule, r.By, out.shownTime(r.At))
		}
		for _, d := range a.Deliveries {
			out.say("  %s", messageOf(out, d))
		}
	}
}

// mentionsRest says of a message that it came without its mentions.
const mentionsRest = "its mentions rest: 5 in 10 minutes"

// messageOf says in one line what became of a message.
func messageOf(out *output, d trace.Delivery) string {
	parts := []string{fmt.Sprintf("%s %d %s", strings.TrimSpace(string(d.Kind)+" "+string(d.About)), d.ID, d.State)}
	if at := cmp.Or(d.Done, d.Due); at != nil {
		parts[0] += " " + out.shownTime(at)
	}
	if d.Channel != "" {
		parts = append(parts, "in "+d.Channel)
	}
	if d.Rests {
		parts = append(parts, mentionsRest)
	}
	for _, more := range []string{d.Link, d.Error} {
		if more != "" {
			parts = append(parts, more)
		}
	}
	return strings.Join(parts, " · ")
}
