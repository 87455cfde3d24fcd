package app_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// freeAddress is one of loopback that nobody listens on. The host is one of
// millions, so that nobody takes the port meanwhile.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+rand.N(250), rand.N(250), 1+rand.N(250)))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// pushedConfig is a config that listens at an address and has hubs push to a
// callback. Without a schedule nothing is polled while a test runs, but for the
// first crawl.
func pushedConfig(t *testing.T, storage, listen, callback string, slack *slackfake.Server, sources string) string {
	t.Helper()
	path := configFile(t, storage, slack, sources+kimRule)
	edit(t, path, `listen: ""`, "listen: "+listen, "crawl: {", "crawl: {websub_callback: "+callback+", ")
	return path
}

func edit(t *testing.T, path string, oldNew ...string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(oldNew...).Replace(string(text))
	if changed == string(text) {
		t.Fatalf("nothing to change in\n%s", text)
	}
	write(t, path, changed)
}

func sourcesOf(s *pushedSite, rest string) string {
	return fmt.Sprintf("sources: [{name: wire, feed: %q, full_text: never%s}]\n", s.feed, rest)
}

func serve(t *testing.T, path string) running {
	t.Helper()
	opt := options(t, path)
	opt.Serve = true
	return run(t, io.Discard, opt)
}

func subscriptionsOf(t *testing.T, path string) []app.SourceStatus {
	t.Helper()
	s := storetest.Open(t, options(t, path).Config.Storage)
	st, err := app.ReadStatus(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return st.Sources
}

func TestPushedStoryAlerts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		h, slack := newHub(t), fakeSlack(t, slackfake.Options{})
		site := newPushedSite(t, h)
		site.hub = h.url + "/moved/307"
		site.add("An old story")
		listen := freeAddress(t)
		path := pushedConfig(t, storage, listen, "http://"+listen+"/websub/", slack, sourcesOf(site, ""))
		a := serve(t, path)
		await(t, "a subscription", func() bool { return len(h.callbacks()) == 1 })
		callback, gets := h.callbacks()[0], site.gets.Load()
		if !strings.HasPrefix(callback, "http://"+listen+"/websub/") {
			t.Errorf("the callback is %s", callback)
		}

		want := []string{}
		for i, method := range []string{"sha256", "sha1", "sha384", "sha512"} {
			h.sign(method)
			title := fmt.Sprintf("Kim speaks on day %d", i)
			site.add(title)
			start := time.Now()
			if got := h.push(site.content(), ""); !slices.Equal(got, []int{202}) {
				t.Fatalf("%s: the push is answered %v", method, got)
			}
			answered := time.Since(start)
			want = append(want, title)
			await(t, "the alert", func() bool { return len(texts(slack, "news")) == len(want) })
			t.Logf("%s: answered after %s, alerted after %s", method, answered.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
			if i == 0 {
				if took := time.Since(start); took > slower(2*time.Second) {
					t.Errorf("alerted after %s, want at most %s", took, slower(2*time.Second))
				}
				if got := site.gets.Load(); got != gets {
					t.Errorf("the feed was fetched %d times for what was pushed", got-gets)
				}
			}
		}
		h.push(site.content(), "") // again: nothing is new
		site.add("Kim is forged")
		if got := h.push(site.content(), "another secret"); !slices.Equal(got, []int{202}) {
			t.Errorf("a forged push is answered %v", got)
		}
		if status := h.deliver("http://"+listen+"/websub/"+strings.Repeat("x", 43), site.content(), "x"); status != http.StatusGone {
			t.Errorf("a push to nobody is answered %d", status)
		}
		status, body := h.ask(callback, url.Values{"hub.mode": {"unsubscribe"}, "hub.topic": {h.topic}, "hub.challenge": {"c"}})
		if status != http.StatusNotFound || body == "c" {
			t.Errorf("a question that is not meant is answered %d %q", status, body)
		}
		await(t, "the metric", func() bool {
			return strings.Contains(metricsOf(t, listen), `copytaster_pushes_total{outcome="refused",source="wire"} 1`)
		})
		if err := a.stop(); err != nil {
			t.Fatal(err)
		}
		for i, text := range texts(slack, "news") {
			if i >= len(want) || !strings.Contains(text, want[i]) {
				t.Errorf("alert %d is %q", i, text)
			}
		}
		sub := subscriptionsOf(t, path)[0].Subscription
		if sub == nil || sub.State != string(store.SubscriptionActive) || sub.Hub != site.hub || sub.Until == nil ||
			time.Until(*sub.Until) < 23*time.Hour {
			t.Errorf("the status says %+v", sub)
		}
	})
}

// pushesTaken finds how many pushes were read, or polled for.
var pushesTaken = regexp.MustCompile(`copytaster_pushes_total{outcome="(?:read|polled)",source="wire"} (\d)`)

func metricsOf(t *testing.T, listen string) string {
	t.Helper()
	res, err := http.Get("http://" + listen + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPushAfterARestart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		h, slack := newHub(t), fakeSlack(t, slackfake.Options{})
		site := newPushedSite(t, h)
		site.add("Kim speaks")
		listen := freeAddress(t)
		path := pushedConfig(t, storage, listen, "http://"+listen+"/websub", slack, sourcesOf(site, ""))
		a := serve(t, path)
		await(t, "a subscription", func() bool { return len(h.callbacks()) == 1 && len(texts(slack, "news")) == 1 })
		if err := a.stop(); err != nil {
			t.Fatal(err)
		}
		asked := h.asked.Load()
		serve(t, path)
		site.add("Kim speaks again")
		for range 3 { // a hub that thinks it was not heard
			if got := h.push(site.content(), ""); !slices.Equal(got, []int{202}) {
				t.Errorf("the push is answered %v", got)
			}
		}
		await(t, "the alert", func() bool { return len(texts(slack, "news")) == 2 })
		await(t, "all three to be read, by themselves or by a poll where one came too soon", func() bool {
			n := 0
			for _, m := range pushesTaken.FindAllStringSubmatch(metricsOf(t, listen), -1) {
				n += int(m[1][0] - '0')
			}
			return n == 3
		})
		if got := texts(slack, "news"); len(got) != 2 {
			t.Errorf("alerts: %q", got)
		}
		if got := h.asked.Load(); got != asked {
			t.Errorf("the hub was asked %d times more", got-asked)
		}
	})
}

func TestUnsubscribesFromWhatIsRemoved(t *testing.T) {
	for name, change := range map[string][]string{
		"source":   {"sources: [", "sources: [{name: other, feed: \"http://127.0.0.1:1/\"}]\n#"},
		"callback": {"websub_callback:", "user_agent: test/1.0 #"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, slack := newHub(t), fakeSlack(t, slackfake.Options{})
			site := newPushedSite(t, h)
			listen := freeAddress(t)
			path := pushedConfig(t, storetest.SQLite(t), listen, "http://"+listen+"/websub", slack, sourcesOf(site, ""))
			edit(t, path, "crawl: {websub_callback: http://"+listen+"/websub, ", "crawl:\n  {websub_callback: http://"+listen+"/websub,\n  ")
			a := serve(t, path)
			await(t, "a subscription", func() bool { return len(h.callbacks()) == 1 })
			edit(t, path, change...)
			if name == "callback" {
				edit(t, path, "user_agent: test/1.0 # http://"+listen+"/websub,", "")
			}
			if err := a.Reload(t.Context()); err != nil {
				t.Fatal(err)
			}
			await(t, "the end of the subscription", func() bool { return len(h.callbacks()) == 0 })
		})
	}
}

func TestDeadHub(t *testing.T) {
	t.Parallel()
	h, slack := newHub(t), fakeSlack(t, slackfake.Options{})
	h.down.Store(true)
	site := newPushedSite(t, h)
	site.add("Kim speaks")
	listen := freeAddress(t)
	path := pushedConfig(t, storetest.SQLite(t), listen, "http://"+listen+"/websub", slack, sourcesOf(site, `, schedule: "@every 10s"`))
	a := serve(t, path)
	await(t, "the hub to be asked", func() bool { return h.asked.Load() > 0 })
	site.add("Kim speaks again")
	await(t, "the second alert", func() bool { return len(texts(slack, "news")) == 2 })
	await(t, "its fault to be recorded", func() bool {
		st, _ := read(t, path)
		return st.Sources[0].Subscription != nil && st.Sources[0].Subscription.Error != ""
	})
	if err := a.stop(); err != nil {
		t.Fatal(err)
	}
	sub := subscriptionsOf(t, path)[0].Subscription
	if sub == nil || sub.State != string(store.SubscriptionPending) ||
		!strings.Contains(sub.Error, "http status 500: the hub is down") || sub.Until != nil {
		t.Errorf("the status says %+v", sub)
	}
}

func TestHubThatDenies(t *testing.T) {
	t.Parallel()
	h, slack := newHub(t), fakeSlack(t, slackfake.Options{})
	h.deny.Store(true)
	site := newPushedSite(t, h)
	listen := freeAddress(t)
	path := pushedConfig(t, storetest.SQLite(t), listen, "http://"+listen+"/websub", slack, sourcesOf(site, ""))
	a := serve(t, path)
	await(t, "the denial", func() bool { return h.denied.Load() > 0 })
	if err := a.stop(); err != nil {
		t.Fatal(err)
	}
	if sub := subscriptionsOf(t, path)[0].Subscription; sub == nil || sub.State != string(store.SubscriptionDenied) ||
		!strings.Contains(sub.Error, "not today") {
		t.Errorf("the status says %+v", sub)
	}
}

// TestTwoDaemonsOneCallback: what one has asked for is pushed to the other.
func TestTwoDaemonsOneCallback(t *testing.T) {
	t.Parallel()
	storage := storetest.Postgres(t)
	h, slack := newHub(t), fakeSlack(t, slackfake.Options{})
	site := newPushedSite(t, h)
	first, second := freeAddress(t), freeAddress(t)
	path := pushedConfig(t, storage, first, "http://"+second+"/websub", slack, sourcesOf(site, ""))
	serve(t, path)
	pathOfSecond := pushedConfig(t, storage, second, "http://"+second+"/websub", slack, sourcesOf(site, ""))
	serve(t, pathOfSecond)
	await(t, "a subscription", func() bool { return len(h.callbacks()) == 1 })
	site.add("Kim speaks")
	await(t, "a push that is taken", func() bool {
		return slices.Equal(h.push(site.content(), ""), []int{202})
	})
	await(t, "the alert", func() bool { return len(texts(slack, "news")) == 1 })
}
