package news

import (
	"net/url"
	"regexp"
	"strings"
)

// keyParameter finds the parameters of a query whose values are keys, by the
// end of their names: api_key, access_token, X-Amz-Signature.
var keyParameter = regexp.MustCompile(`(?i)(?:key|token|secret|\bsig|signature|auth|pass|passwd|password|pwd|session|sid|credentials?)$`)

// ShownURL is a URL for people to read: a password, and what looks like a key in
// its query, are hidden. Everything else stays as it is written.
func ShownURL(link string) string {
	if u, err := url.Parse(link); err == nil && u.User != nil {
		link = u.Redacted()
	}
	link, fragment, hasFragment := strings.Cut(link, "#")
	place, query, asked := strings.Cut(link, "?")
	if asked {
		parts := strings.Split(query, "&")
		for i, part := range parts {
			if name, value, _ := strings.Cut(part, "="); value != "" && keyParameter.MatchString(name) {
				parts[i] = name + "=[hidden]"
			}
		}
		link = place + "?" + strings.Join(parts, "&")
	}
	if hasFragment {
		link += "#" + fragment
	}
	return link
}
