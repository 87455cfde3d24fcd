package config_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
)

// outside is a config that needs everything from outside its files that one can
// need.
const outside = `storage: postgres://anna:${DB_PASSWORD}@db/news
listen: ${HOST}:8460
timezone: ${TZ_NAME}
retention: ${KEEP}
crawl: {user_agent: "news of ${WHO}"}
slack: {token: "${SLACK_BOT_TOKEN}", ops_channel: "${OPS}"}
alerts: {default_channel: "${CHANNEL}", routes: [{to: "${DESK}"}]}
sources:
  - {name: wire, feed: "https://wire.example/?key=${WIRE_KEY}", headers: {X-Key: "Bearer ${WIRE_KEY}"}}
  - {name: blog, feed: "https://blog.example/", basic_auth: {user: anna, password_file: pw.txt}}
  - {name: cookies, page: "https://c.example/", cookies_file: "${DIR}/cookies.txt", proxy: "http://${PROXY}"}
  - {name: "off", feed: "https://off.example/", headers_file: h.txt, enabled: false}
rules:
  - {name: kim, any: [Kim, $$5]}
`

// missed returns the mistakes of a load with the parts used, as "line: message".
func missed(err error) string {
	var mistakes config.Mistakes
	if err != nil && !errors.As(err, &mistakes) {
		return err.Error()
	}
	return lines(mistakes.Errors())
}

func lines(mistakes config.Mistakes) string {
	var all []string
	for _, m := range mistakes {
		at := strings.TrimPrefix(m.Error(), m.File+":")
		line, _, _ := strings.Cut(at, ":")
		all = append(all, line+": "+m.Message)
	}
	return strings.Join(all, "\n")
}

// TestUse: what is missing outside the files is missed by those who use it, and
// a warning to all others.
func TestUse(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("copytaster.yaml", []byte(outside), 0o600); err != nil {
		t.Fatal(err)
	}
	whole, err := config.Load("copytaster.yaml", none, config.UseRules)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Slack.Token != "" || !whole.Slack.Configured || len(whole.Sources) != 4 || whole.Rules.Len() != 1 {
		t.Errorf("read %+v, %d sources", whole.Slack, len(whole.Sources))
	}
	const slack = "6: the environment has no SLACK_BOT_TOKEN\n6: the environment has no OPS"
	const wire, off = "9: the environment has no WIRE_KEY\n9: the environment has no WIRE_KEY", `12: "h.txt": there is no such file`
	const others = `10: "pw.txt": there is no such file` + "\n11: the environment has no DIR\n11: the environment has no PROXY"
	everything := strings.Join([]string{
		"1: the environment has no DB_PASSWORD", "2: the environment has no HOST", "3: the environment has no TZ_NAME", "4: the environment has no KEEP",
		"5: the environment has no WHO", slack, "7: the environment has no CHANNEL", "7: the environment has no DESK", wire, others,
	}, "\n")
	for _, c := range []struct {
		uses []config.Use
		want string
	}{
		{[]config.Use{config.UseRules}, ""},
		{[]config.Use{config.UseStorage}, "1: the environment has no DB_PASSWORD"},
		{[]config.Use{config.UseTimezone, config.UseRetention}, "3: the environment has no TZ_NAME\n4: the environment has no KEEP"},
		{[]config.Use{config.UseCrawl}, "5: the environment has no WHO"},
		{[]config.Use{config.UseSlack}, slack},
		{[]config.Use{config.UseSources}, wire + "\n" + others},
		{[]config.Use{config.UseSource("wire")}, wire},
		{[]config.Use{config.UseSource("blog")}, `10: "pw.txt": there is no such file`},
		{[]config.Use{config.UseSource("off")}, off},
		{[]config.Use{config.UseSource("nosuch")}, ""},
		{nil, everything},
	} {
		if got := missed(whole.Require(c.uses...)); got != c.want {
			t.Errorf("require %v:\n%s\nwant\n%s", c.uses, got, c.want)
		}
		loaded, err := config.Load("copytaster.yaml", none, c.uses...)
		if got := missed(err); got != c.want {
			t.Errorf("load for %v:\n%s\nwant\n%s", c.uses, got, c.want)
		}
		if err == nil && len(loaded.Warnings) != len(whole.Warnings) {
			t.Errorf("load for %v: %d warnings, want %d", c.uses, len(loaded.Warnings), len(whole.Warnings))
		}
	}
	if got := lines(whole.Warnings); got != everything {
		t.Errorf("warnings:\n%s\nwant\n%s", got, everything)
	}
	if text := whole.Warnings.Error(); !strings.Contains(text, "slack: {token: \"${SLACK_BOT_TOKEN}\", ops_channel: \"${OPS}\"}\n") {
		t.Errorf("the variable is hidden:\n%s", text)
	}
}

// TestUseBlank: a variable that holds nothing is missing, as CI systems have it
// for secrets that they keep back.
func TestUseBlank(t *testing.T) {
	for text, want := range map[string]string{
		`slack: {token: "${NOTHING}"}`: "1: the environment has nothing in NOTHING",
		`storage: ${NOTHING}`:          "1: the environment has nothing in NOTHING",
		`sources: [{name: a, feed: "https://a.example", headers: {A: "Key ${NOTHING}"}}]`: "1: the environment has nothing in NOTHING",
		`sources: [{name: a, feed: "${NOTHING}"}]`:                                        "1: the environment has nothing in NOTHING",
		`listen: ${NOTHING}`: "",
		`slack: {token: ""}`: "1: the value is empty",
		`sources: [{name: "${NOTHING}", feed: "https://a.example"}]`: "1: the environment has nothing in NOTHING",
		`include: ["${NOWHERE}"]`:                                    "1: the environment has no NOWHERE",
	} {
		env := func(name string) (string, bool) { return "", name == "NOTHING" }
		load := func(uses ...config.Use) string {
			_, err := config.LoadFiles("c.yaml", map[string][]byte{"c.yaml": []byte(text)}, env, uses...)
			return missed(err)
		}
		if got := load(); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		strict := strings.Contains(text, "name: \"$") || strings.Contains(text, "include") || strings.Contains(text, `""`)
		if got := load(config.UseRules); strict != (got != "") {
			t.Errorf("%s, only its rules: %q", text, got)
		}
	}
}

// TestUseOfPacks: what a change of a pack's source needs counts for that source.
func TestUseOfPacks(t *testing.T) {
	text := "include: [\"pack:wires\"]\nsources:\n  - {name: ap, headers: {X-Key: \"${KEY}\"}}\n  - {name: own, feed: \"https://a.example/\"}\n"
	cfg, err := config.LoadFiles("c.yaml", map[string][]byte{"c.yaml": []byte(text)}, none, config.UseRules)
	if err != nil {
		t.Fatal(err)
	}
	if got := missed(cfg.Require(config.UseSource("ap"))); got != "3: the environment has no KEY" {
		t.Errorf("ap: %q", got)
	}
	if err := cfg.Require(config.UseSource("own")); err != nil {
		t.Error(err)
	}
}
