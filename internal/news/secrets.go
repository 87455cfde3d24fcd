package news

import (
	"regexp"
	"strings"
)

// redacted stands for a secret that is not shown.
const redacted = "[hidden]"

// shortestSecret is how long the shortest text is that has a secret, in bytes: "a://b@".
const shortestSecret = 6

// secretShape is a form by which a text is known as a secret, wherever it stands.
type secretShape struct {
	hints string // words in lower case, of which a text with such a secret has one: most have none, which is seen fast
	of    *regexp.Regexp
	shown string // in its place: "$1" is what of it is none
}

// secretShapes is the list of all such forms. What only its key tells is no matter of theirs: see
// ShownURL for the parameters of URLs, and config/yamlfile for the keys of a config.
var secretShapes = []secretShape{
	{"xox xapp-", regexp.MustCompile(`(?i)\bx(?:ox[a-z]|app)-[^\s"',\]}<>]+`), redacted}, // Slack's tokens

	// Addresses that post for who knows them: Slack, Discord, Teams, Google Chat, Zapier, IFTTT, Telegram.
	{"hooks.slack", regexp.MustCompile(`(?i)\b(hooks\.slack(?:-gov)?\.com/[a-z]+/)[^\s"'<>,\[\]})]+`), "${1}" + redacted},
	{"discord", regexp.MustCompile(`(?i)\b(discord(?:app)?\.com/api/(?:v\d+/)?webhooks/)[^\s"'<>,\[\]})]+`), "${1}" + redacted},
	{"webhook.office.com/", regexp.MustCompile(`(?i)\b([\w.-]*webhook\.office\.com/)[^\s"'<>,\[\]})]+`), "${1}" + redacted},
	{"chat.googleapis.com/", regexp.MustCompile(`(?i)\b(chat\.googleapis\.com/v1/spaces/)[^\s"'<>,\[\]})]+`), "${1}" + redacted},
	{"hooks.zapier.com/", regexp.MustCompile(`(?i)\b(hooks\.zapier\.com/hooks/)[^\s"'<>,\[\]})]+`), "${1}" + redacted},
	{"maker.ifttt.com/", regexp.MustCompile(`(?i)\b(maker\.ifttt\.com/\S*?/key/)[^\s"'<>,\[\]})]+`), "${1}" + redacted},
	{"api.telegram.org/", regexp.MustCompile(`(?i)\b(api\.telegram\.org/(?:file/)?bot)[^\s"'<>,\[\]})]+`), "${1}" + redacted},

	// What signs webhooks, hashes of passwords, keys of code hosts and of Amazon, JSON Web Tokens, private keys.
	{"whsec_", regexp.MustCompile(`\bwhsec_[A-Za-z0-9+/=_-]{8,}`), redacted},
	{"$2 $5$ $6$ $y$ $argon2 $scrypt $pbkdf2", regexp.MustCompile(`\$(?:2[abxy]?|5|6|y|argon2\w*|scrypt|pbkdf2[\w-]*)\$[^\s"',\]}]+`), redacted},
	{"ghp ghs gho ghu ghr github_pat glpat npm_ npm-", regexp.MustCompile(`\b(?:gh[opsur]|github_pat|glpat|npm)[_-][A-Za-z0-9_-]{20,}`), redacted},
	{"akia asia", regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`), redacted},
	{"eyj", regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`), redacted},
	{"-----begin", regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|$)`), redacted},

	// Headers of requests, as they are written down.
	{"authorization", regexp.MustCompile(`(?i)\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)[^\s"'\[][^"'\n]*`), "${1}" + redacted},
	{"cookie", regexp.MustCompile(`(?i)\b((?:set-)?cookie["']?\s*:\s*["']?)[\w.-]+=[^"'\n]*`), "${1}" + redacted},
	{"bearer basic", regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/-]{20,}=*`), "${1} " + redacted},
}

var (
	// slackToken is the first of secretShapes.
	slackToken = secretShapes[0].of
	// askingURL is an address with parameters.
	askingURL = regexp.MustCompile(`(?i)\bhttps?://[^\s"'<>]+\?[^\s"'<>]+`)
	// userURL is an address with a user, and perhaps a password, in which a "/" or an "@" may stand.
	// Behind an "@" a "/" ends it: many a path on the web has an "@".
	userURL = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://(?:[^\s"'<>/?#]+|[^\s"'<>/?#@]*:[^\d\s"'<>/?#@][^\s"'<>]*)@`)
	// serverURL is such an address of a server that is none of the web, such as a database.
	serverURL = regexp.MustCompile(`(?i)\b(?:postgres(?:ql)?|smtps?|amqps?|rediss?|mysql|socks5h?|ldaps?)://[^\s"'<>]*@`)
)

// WithoutSecrets hides in a text what is a secret by its form, wherever it stands: tokens, addresses
// that post for who knows them, hashes of passwords, headers that log in, users and passwords in URLs
// and keys in their parameters. Names of variables, such as ${TOKEN}, stay.
func WithoutSecrets(text string) string {
	if len(text) < shortestSecret {
		return text
	}
	text = hideShapes(text)
	if !strings.Contains(text, "://") {
		return text
	}
	text = askingURL.ReplaceAllStringFunc(text, func(address string) string {
		place, query, _ := strings.Cut(address, "?")
		return place + "?" + withoutKeys(query, func(string) bool { return true })
	})
	return userURL.ReplaceAllStringFunc(serverURL.ReplaceAllStringFunc(text, hideUser), hideUser)
}

// hideUser hides the user and the password of the beginning of a URL.
func hideUser(found string) string {
	scheme, user, _ := strings.Cut(found, "://")
	if user = strings.TrimSuffix(user, "@"); variable.MatchString(user) || strings.Contains(user, redacted) {
		return found
	}
	return scheme + "://" + redacted + "@"
}

func hideShapes(text string) string {
	lower := strings.ToLower(text)
	for _, s := range secretShapes {
		for hint := range strings.FieldsSeq(s.hints) {
			if strings.Contains(lower, hint) {
				text = s.of.ReplaceAllString(text, s.shown)
				break
			}
		}
	}
	return text
}

// HoldsSlackToken reports whether one of Slack's tokens is in a text.
func HoldsSlackToken(text string) bool { return slackToken.MatchString(text) }
