package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

const (
	quakes        = 12
	quakeChannels = 4
)

// quakeName is a name that only one quake has.
func quakeName(n, which int) string {
	return string('B'+rune(which)) + strings.Fields(ownWords(1000 + 10*n + which))[0]
}

// quakeStory is an item of a feed: the first report of a quake, or one in other words with a
// toll that grew.
func quakeStory(n int, site string, later bool) string {
	place, region, town, other := quakeName(n, 0), quakeName(n, 1), quakeName(n, 2), quakeName(n, 3)
	magnitude := fmt.Sprintf("%d.%d", 5+n%3, n%10)
	title := fmt.Sprintf("Earthquake of magnitude %s strikes %s Islands", magnitude, region)
	text := fmt.Sprintf("An earthquake of magnitude %s struck near %s Island in the %s Islands on Tuesday, the survey of %s said. keyword%d "+
		"It was felt in %s and %s. At least 3 people were hurt when a wharf at %s Island broke. The epicentre was %d km south of %s Island at "+
		"a depth of %d km.", magnitude, place, region, town, n%quakeChannels, town, other, place, 40+n, place, 20+n)
	if later {
		title = fmt.Sprintf("%s Islands earthquake near %s Island: 41 dead", region, place)
		text = fmt.Sprintf("The magnitude %s earthquake at %s Island, %s Islands, has killed 41 people, the survey of %s and rescuers at %s and "+
			"%s said. keyword%d The epicentre lay %d km south of %s Island at a depth of %d km; boats from %s are on their way.",
			magnitude, place, region, town, town, other, n%quakeChannels, 40+n, place, 20+n, town)
	}
	return fmt.Sprintf("<item><title>%s</title><link>http://%s.example/%d</link><pubDate>%s</pubDate><description>%s</description></item>",
		title, site, n, time.Now().UTC().Format(time.RFC1123Z), text)
}

// quakeThreads are the messages of each quake: posts, and replies by thread.
func quakeThreads(slack *slackfake.Server) (posts, replies map[int][]slackfake.Message) {
	posts, replies = map[int][]slackfake.Message{}, map[int][]slackfake.Message{}
	for c := range quakeChannels {
		for _, m := range slack.Messages(fmt.Sprint("channel", c)) {
			n := -1
			for i := range quakes {
				if strings.Contains(m.Text, quakeName(i, 1)) {
					n = i
				}
			}
			if m.ThreadTS == "" {
				posts[n] = append(posts[n], m)
			} else {
				replies[n] = append(replies[n], m)
			}
		}
	}
	return posts, replies
}

// quakeSite lists the first report of each quake at once, the second when the first was
// posted, and a copy of the first when the second was.
func quakeSite(t *testing.T, slack *slackfake.Server) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posts, replies := quakeThreads(slack)
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprint(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Quakes</title>`)
		for n := range quakes {
			switch {
			case r.URL.Path == "/geo", r.URL.Path == "/copyist" && len(replies[n]) > 0:
				fmt.Fprint(w, quakeStory(n, r.URL.Path[1:], false))
			case r.URL.Path == "/harbour" && len(posts[n]) > 0:
				fmt.Fprint(w, quakeStory(n, "harbour", true))
			}
		}
		fmt.Fprint(w, "</channel></rss>")
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A daemon that is killed again and again while posts, replies and edits go out posts each
// of them once, and leaves every message in its last state.
func TestKillBetweenPostsRepliesAndEdits(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons for a minute")
	}
	t.Parallel()
	channels := []slackfake.Channel{{Name: "news", Member: true}}
	rules := "rules:\n"
	for i := range quakeChannels {
		channels = append(channels, slackfake.Channel{Name: fmt.Sprint("channel", i), Member: true})
		rules += fmt.Sprintf("  - {name: rule%d, any: [keyword%d], to: channel%d}\n", i, i, i)
	}
	slack := fakeSlack(t, slackfake.Options{Channels: channels, Rate: 2, Burst: 3})
	url := quakeSite(t, slack)
	sources := "sources:\n"
	for _, name := range []string{"geo", "harbour", "copyist"} {
		sources += fmt.Sprintf("  - {name: %s, feed: '%s/%[1]s', schedule: '@every 10s', full_text: never}\n", name, url)
	}
	config := configFile(t, storetest.SQLite(t), slack, sources+rules)
	for range *kills {
		d := startDaemon(t, config)
		pause(t, slower(2*time.Second)+rand.N(slower(3*time.Second)))
		d.kill()
	}
	last := startDaemon(t, config)
	defer last.kill()
	await(t, "the last edit", func() bool {
		posts, replies := quakeThreads(slack)
		for n := range quakes {
			if len(posts[n]) == 0 || len(replies[n]) == 0 || !strings.Contains(string(posts[n][0].Blocks), "2 own reports · 1 copy") {
				return false
			}
		}
		return true
	})
	posts, replies := quakeThreads(slack)
	for n := range quakes {
		if len(posts[n]) != 1 || len(replies[n]) != 1 {
			t.Errorf("quake %d has %d posts and %d replies, want one of each", n, len(posts[n]), len(replies[n]))
			continue
		}
		if r := replies[n][0]; !r.Broadcast || r.ThreadTS != posts[n][0].TS || !strings.Contains(r.Text, "41 dead") {
			t.Errorf("the reply of quake %d is %+v", n, r)
		}
	}
	if len(posts[-1]) > 0 || len(replies[-1]) > 0 {
		t.Errorf("messages of no quake: %+v %+v", posts[-1], replies[-1])
	}
	if t.Failed() {
		t.Log(last.out.String())
	}
}
