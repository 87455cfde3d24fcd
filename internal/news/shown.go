package news

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// What of a URL is a secret.
var (
	// keyParameter finds the parameters whose values are keys, by the end of
	// their names: api_key, access_token, X-Amz-Signature.
	keyParameter = regexp.MustCompile(`(?i)(?:key|token|secret|\bsig|signature|auth|pass|passwd|password|pwd|session|sid|credentials?)$`)
	parameter    = regexp.MustCompile(`([^&;=]+)=([^&;]+)`)
	variable     = regexp.MustCompile(`^\$\{\w+\}$`) // of the environment, in a config
	plainName    = regexp.MustCompile(`^[\w.-]+$`)

	// userPart finds user and password where no URL can be read, also when one
	// of "/?#" stands in the password: then a port would not be a number.
	userPart = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#\s]*:[^\d/?#\s]\S*@|[^/?#\s]*@)`)
)

// ShownURL is a URL for people to read: a password, a user name that may be a
// key, what looks like a key in its query or fragment, and secretShapes are hidden.
// Everything else stays as it is written, also in what is no URL.
func ShownURL(link string) string {
	link, fragment, hasFragment := strings.Cut(withoutUser(link), "#")
	place, query, asked := strings.Cut(link, "?")
	if asked {
		link = place + "?" + withoutKeys(query, func(string) bool { return true })
	}
	if hasFragment { // what OAuth puts there; the routes of applications stay
		link += "#" + withoutKeys(fragment, plainName.MatchString)
	}
	return hideShapes(link)
}

// withoutUser hides the password of a URL, or the user where there is none.
func withoutUser(link string) string {
	u, err := url.Parse(link)
	switch {
	case err != nil: // a password may be why
		return userPart.ReplaceAllString(link, "${1}//xxxxx@")
	case u.User == nil:
		return link
	}
	if password, _ := u.User.Password(); password == "" {
		u.User = url.User("xxxxx")
	}
	return u.Redacted()
}

// withoutKeys hides the values of parameters that may be keys.
func withoutKeys(parameters string, mayBe func(name string) bool) string {
	return parameter.ReplaceAllStringFunc(parameters, func(found string) string {
		written, value, _ := strings.Cut(found, "=")
		name, err := url.QueryUnescape(written)
		if err != nil {
			name = written
		}
		if keyParameter.MatchString(strings.TrimRight(name, "[]")) && mayBe(name) && !variable.MatchString(value) {
			return written + "=" + redacted
		}
		return found
	})
}

// KnownTime returns a time in UTC as JSON shows it: nil, which omitempty leaves out,
// when it is not known.
func KnownTime(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}
