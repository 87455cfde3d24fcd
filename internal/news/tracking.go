package news

import (
	"regexp"
	"slices"
	"strings"
)

// trackers are names that nothing except the tracking of links uses: the global
// rules of ClearURLs (https://docs.clearurls.xyz/, data.min.json), Firefox's
// query stripping, and what newsrooms put into their own feeds.
var trackers = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`utm(?:_[a-z_]*)?`, `ga_(?:source|medium|term|content|campaign|place)`, `_ga|_gl|gs_l`,
	`(?:fb|g|d|ms|y|ys|tw|tt|rd|sc|ir)cl(?:id|kid)|ysclid|ttclid|twclid|yclid|gclsrc|gbraid|wbraid|srsltid|clickid|rb_clickid|irclickid`,
	`fb_(?:action_ids|action_types|source|ref)|action_(?:object|type|ref)_map`,
	`igshid|igsh|__twitter_impression|twitter_impression|echobox|wickedid|_openstat|ceneo_spo|tracking_source|traffic_source`,
	`mkt_tok|hmb_(?:campaign|medium|source)|otm_[a-z_]*|os_ehash|wt_?z?mc|wtrid|vn(?:_[a-z]+)+`,
	`itm_(?:campaign|medium|source|content|term|channel|audience|variation)`,
	`(?:pk|mtm|piwik|matomo|stm)_(?:campaign|kwd|keyword|source|medium|content|cid|group|placement|term)`,
	`hsa_(?:acc|cam|grp|ad|src|tgt|kw|mt|net|ver|ol)|__hs(?:sc|tc|fp)|_hs(?:enc|mi)|hsctatracking`,
	`mc_(?:cid|eid|tc)|ml_subscriber(?:_hash)?|oly_(?:anon|enc)_id|vero_(?:id|conv)|oft_(?:id|k|lk|d|c|ck|ids|sk)`,
	`at_(?:medium|campaign|campaign_type|custom\d|link_id|link_type|link_origin|format|ptr_name|bbc_team|creation|channel|identifier)`,
	`xtor|maca|smtyp|aftr_source|gad_(?:source|campaignid)|test_?id|ref_(?:src|url)|feed(?:type|name)|spm|cmp(?:id|aign_?id)|ocid|partnerid|[a-z]+_(?:affiliate|campaign|medium)`,
}, `|`) + `)$`)

// campaigns are names whose value is a word where they track
// ("ncid=newsletter"), and a number where they name a story ("ncid=100").
var campaigns = []string{"ncid", "icid", "cmp", "smid", "s_cid", "ito"}

// sessions are parameters that name the reader's visit.
var sessions = regexp.MustCompile(`^(?:phpsessid|jsessionid|aspsessionid[a-z]*|sessionid|session_id|oscsid|zenid|cfid|cftoken)$`)

// isSession reports whether a parameter names the reader's visit. "sid" does where
// its value is a token; a number or a word names a story.
func isSession(name, value string) bool {
	return sessions.MatchString(name) || name == "sid" && token.MatchString(value) &&
		strings.ContainsAny(value, "0123456789") && strings.Trim(value, "0123456789") != ""
}

// token is a random text in lower case, as long as a session's name at least.
var token = regexp.MustCompile(`^[0-9a-z]{16,}$`)

// isTracking reports whether a query parameter says who links or how to show
// the page, and never which page it is. Each parameter is judged by itself, so
// that one more never changes what the others mean. Both texts are in lower case.
func isTracking(name, value string) bool {
	switch {
	case value == "rss" || strings.HasPrefix(value, "rss_"):
		return true // the feed that the reader came through, whatever its name
	case isSession(name, value), trackers.MatchString(name), isForm(name, value):
		return true
	}
	return slices.Contains(campaigns, name) && strings.Trim(value, "0123456789") != ""
}

// isForm reports whether a parameter asks for another form of the same page:
// AMP, or one to print.
func isForm(name, value string) bool {
	switch name {
	case "amp", "print", "printable", "printer":
		return slices.Contains([]string{"", "1", "true", "yes", "y"}, value)
	case "outputtype":
		return value == "amp"
	}
	return false
}
