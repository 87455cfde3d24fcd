package config

import (
	"strings"
	"testing"
)

// TestExcerpt: a line is shown, but for what may be a secret; hunter2 is one
// wherever it stands.
func TestExcerpt(t *testing.T) {
	for _, c := range []struct{ above, line, want string }{
		{"", "storage: a.db", "storage: a.db"},
		{"slack:", "  token: hunter2", "  token: [hidden]"},
		{"slack:", "  tokne: hunter2", "  tokne: [hidden]"},
		{"slack:", "  \"token\" : 'hunter2", "  \"token\" : [hidden]"},
		{"", "slack: {token: hunter2, api_url: x}", "slack: {token: [hidden]"},
		{"", "slack: {api_url: x, token: hunter2}", "slack: {api_url: x, token: [hidden]"},
		{"slack:", "  token: ${SLACK_BOT_TOKEN}", "  token: ${SLACK_BOT_TOKEN}"},
		{"slack:", "  token: \"${A}\" # mine", "  token: \"${A}\" # mine"},
		{"slack:", "  token: ${A}hunter2", "  token: ${A}[hidden]"},
		{"slack:", "  token: hunter2${A}hunter2 ${B_2}", "  token: [hidden]${A}[hidden]${B_2}"},
		{"", "slack: {token: \"${A}\", app: \"${B}\"}", "slack: {token: \"${A}\", app: \"${B}\"}"},
		{"", "slack: {token: \"${A}\", api_key: hunter2}", "slack: {token: \"${A}\", api_key: [hidden]"},
		{"", "a: {headers: {A: \"${A}\", B: hunter2}}", "a: {headers: [hidden]${A}[hidden]"},
		{"", "token: \"${A}\", hunter2", "token: \"${A}[hidden]"},
		{"slack:", "  token: ${A:-hunter2}", "  token: [hidden]"},
		{"slack:", "  token: ${A}${hunter2", "  token: ${A}[hidden]"},
		{"slack:\n  token: |", "    ${A}", "    ${A}"},
		{"    headers:", "      X-Key: Bearer ${A}", "      [hidden]${A}"},
		{"", "storage: postgres://anna:${PW}@db/news", "storage: postgres: [hidden]${PW}[hidden]"},
		{"", "x: http://${ANNA}:hunter2@db/news", "x: http://${ANNA}[hidden]@db/news"},
		{"slack:", "  token_file: token.txt", "  token_file: token.txt"},
		{"slack:", "  token_file: a, token: hunter2", "  token_file: a, token: [hidden]"},
		{"slack:\n  token: |", "    hunter2", "    [hidden]"},
		{"slack:\n  token:", "    hunter2: x", "    [hidden]"},
		{"slack:\n  token_file:", "    token.txt", "    token.txt"},
		{"    headers:", "      X-Key: hunter2", "      [hidden]"},
		{"    headers:\n      A: b", "      X-Key: hunter2", "      [hidden]"},
		{"  - name: a\n    headers: {", "      X-Key: hunter2", "      [hidden]"},
		{"  - headers:", "      X-Key: hunter2", "      [hidden]"},
		{"  - {name: a, headers: {A: b,", "      X-Key: hunter2", "      [hidden]"},
		{"  - {name: headers}", "    feed: https://a.example/", "    feed: https://a.example/"},
		{"  - name: a", "    basic_auth: anna:hunter2", "    basic_auth: [hidden]"},
		{"  - name: a", "    passwrod: hunter2", "    passwrod: [hidden]"},
		{"  - name: a", "    proxy: http://hunter2@proxy:1", "    proxy: [hidden]"},
		{"", "storage: postgres://anna:hunter2@db/news", "storage: postgres: [hidden]"},
		{"", "storage: postgres://anna:hunter2/x@db/news", "storage: postgres: [hidden]"},
		{"", "storage: postgres://hunter2@db/news", "storage: postgres: [hidden]"},
		{"", "storage: \"host=db password=hunter2\"", "storage: \"host=db password= [hidden]"},
		{"", "x: HTTP://anna:hunter2@db/news", "x: HTTP://[hidden]@db/news"},
		{"", "x: HTTP://anna:hunter2/@x@db/news", "x: HTTP://[hidden]@db/news"},
		{"", "- {page: \"https://a.example/f?sig=hunter2&page=2\"}", "- {page: \"https://a.example/f?sig=[hidden]&page=2\"}"},
		{"", "feed: https://a.example/f?key=${KEY}&q=x # why?", "feed: https://a.example/f?key=${KEY}&q=x # why?"},
		{"", "hunter2@db/news", "[hidden]@db/news"},
		{"", "mention: [\"@here\", @anna]", "mention: [\"@here\", @anna]"},
		{"", "default_channel: xoxb-1-hunter2", "default_channel: [hidden]"},
		{"", "- XAPP-1-hunter2, x", "- [hidden], x"},
		{"", "page: https://mastodon.example/@anna", "page: https://mastodon.example/@anna"},
		{"rules:", "  - {author: Anna Authorson, any: [x]}", "  - {author: Anna Authorson, any: [x]}"},
		{"", "a: \x1b[31m\x00", "a: \ufffd[31m\ufffd"},
		{"", strings.Repeat("x", 200), strings.Repeat("x", 160) + "…"},
	} {
		lines := append(strings.Split(c.above, "\n"), c.line)
		if got := strings.ReplaceAll(excerpt(lines, len(lines), secretKey), ":  [", ": ["); got != c.want {
			t.Errorf("under %q:\n got %q\nwant %q", c.above, got, c.want)
		}
	}
}

// TestExcerptOfSyntax: in a file that is no YAML a key may be broken, so nothing
// in a part with secrets is shown.
func TestExcerptOfSyntax(t *testing.T) {
	for _, c := range []struct {
		above, line string
		column      int
		want        string
	}{
		{"slack:", "  tok: en: hunter2", 6, "  [hidden]"},
		{"slack:\n  api_url: x", "  tok: en: hunter2", 6, "  [hidden]"},
		{"slack:\n  token:", "hunter2", 1, "[hidden]"},
		{"slack:", "  token hunter2", 9, "  [hidden]"},
		{"", "headers {X: hunter2", 15, "headers [hidden]"},
		{"listen: x", "hunter2", 1, "h…"},
		{"listen: x", "- hunter2", 1, "-…"},
		{"", "slack: {tok: en: hunter2}", 12, "slack: [hidden]"},
		{"crawl:", "  workers: 3: hunter2", 13, "  workers: 3:…"},
		{"rules:\n  - name: a", "    any: [@x, y]", 11, "    any: [@x, y]"},
		{"concepts:\n  a: [x]", "slack: [", 8, "slack: [hidden]"},
		{"- name: a", "- @x, y", 3, "- @…"},
	} {
		lines := append(strings.Split(c.above, "\n"), c.line)
		if got := syntaxExcerpt(lines, len(lines), c.column); got != c.want {
			t.Errorf("under %q: got %q, want %q", c.above, got, c.want)
		}
	}
}

func TestExcerptOfNoLine(t *testing.T) {
	for _, n := range []int{-1, 0, 2} {
		if got := excerpt([]string{"a"}, n, secretKey); got != "" {
			t.Errorf("line %d: %q", n, got)
		}
	}
}

func TestCaret(t *testing.T) {
	for _, c := range []struct {
		line   string
		column int
		want   string
	}{
		{"abc", 1, "^"},
		{"abc", 3, "  ^"},
		{"\tabc", 2, "\t^"},
		{"김x", 3, "\u3000 ^"},
		{"é́x", 3, " ^"}, // a combining accent takes no room
		{"abc", 99, "   ^"},
		{"abc", 0, "^"},
	} {
		if got := caret(c.line, c.column); got != c.want {
			t.Errorf("%q, column %d: %q, want %q", c.line, c.column, got, c.want)
		}
	}
}
