package config

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/notify"
)

// slackKeys are the keys of slack.
func slackKeys() []key[Slack] {
	return []key[Slack]{
		custom("token", "The Bot User OAuth Token, best as `${SLACK_BOT_TOKEN}`; or use `token_file`.", env(words()),
			token("slack.token_file", (*decoder).secret)),
		custom("token_file", "A file that holds the token.", env(words()),
			token("slack.token", (*decoder).secretFile)),
		custom("app_token", "The app-level token of Socket Mode, best as `${SLACK_APP_TOKEN}`: with it people can answer alerts. Or use `app_token_file`.",
			env(words()), incoming("app_token_file", appToken, (*decoder).secret)),
		custom("app_token_file", "A file that holds the app-level token.", env(words()),
			incoming("app_token", appToken, (*decoder).secretFile)),
		custom("signing_secret", "Instead of `app_token`: people's answers come in at `public_url`, signed with this. Or use `signing_secret_file`.",
			env(words()), incoming("signing_secret_file", signingSecret, (*decoder).secret)),
		custom("signing_secret_file", "A file that holds the signing secret.", env(words()),
			incoming("signing_secret", signingSecret, (*decoder).secretFile)),
		row("allow", "The IDs of those who may answer alerts: users and user groups. Without it every member may; guests never.",
			oneOrMore(env(matching(memberPattern).or("write the ID of a user or user group")).like("U012AB3CD", "S012AB3CD")),
			func(s *Slack) *[]string { return &s.Allow }, listOf("user or group", decodeMember("leave the key out, and every member may answer"))),
		row("api_url", "For a test server.", address().by(defaultAPI),
			func(s *Slack) *string { return &s.APIURL },
			func(d *decoder, v value) (string, bool) {
				link, ok := decodeLink(d, v)
				return strings.TrimSuffix(link, "/") + "/", ok
			}),
		row("ops_channel", "Told of broken sources and of what could not be delivered.", env(plainChannel()),
			func(s *Slack) *string { return &s.OpsChannel }, decodeChannel),
		row("rules_channel", "Told, once a week and when somebody proposes something, which alerts were not relevant, and what the rules should leave out. Without it `ops_channel` is.",
			env(plainChannel()), func(s *Slack) *string { return &s.RulesChannel }, decodeChannel),
	}
}

// token decodes one of the two keys that hold the token.
func token(other string, decode decodeFunc[news.Secret]) func(*decoder, value, *Slack) {
	return func(d *decoder, v value, s *Slack) {
		s.Configured = true
		text, ok := decode(d, v)
		if before, set := d.out.keys[other]; set {
			d.mistake(v, "keep one of them", "%s is set already, in %s:%d", other, before.file, before.line)
			return
		}
		if ok {
			s.Token = d.botToken(v, text)
		}
	}
}

// incoming decodes one of the keys that let Slack call in. other is the one that stands
// for the same, whose field into returns after it has judged the secret.
func incoming(
	other string, into func(*decoder, value, *Slack, string) *news.Secret, decode decodeFunc[news.Secret],
) func(*decoder, value, *Slack) {
	return func(d *decoder, v value, s *Slack) {
		secret, ok := decode(d, v)
		if before, set := d.out.keys["slack."+other]; set {
			d.mistake(v, "keep one of them", "slack.%s is set already, in %s:%d", other, before.file, before.line)
			return
		}
		if !ok {
			return
		}
		text := strings.TrimSpace(secret.Reveal())
		if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
			d.mistake(v, "copy it from your app's page at api.slack.com/apps", "this is no secret of Slack's: it is one word")
			return
		}
		if field := into(d, v, s, text); field != nil {
			*field = news.Secret(text)
		}
	}
}

// appToken refuses the tokens that Slack's pages show beside an app's.
func appToken(d *decoder, v value, s *Slack, text string) *news.Secret {
	if strings.HasPrefix(text, "xox") {
		d.mistake(v, "make one under Basic Information, App-Level Tokens, with the scope connections:write",
			"this is no app-level token")
		return nil
	}
	return &s.AppToken
}

// signingSecret refuses tokens in its place.
func signingSecret(d *decoder, v value, s *Slack, text string) *news.Secret {
	if strings.HasPrefix(text, "xox") || strings.HasPrefix(text, "xapp-") {
		d.mistake(v, "it stands under Basic Information, App Credentials", "this is a token and no signing secret")
		return nil
	}
	return &s.SigningSecret
}

// memberPattern is what editors accept as a user or user group.
const memberPattern = `^(<?@?[UWS][A-Z0-9]{8,}|<?!subteam\^S[A-Z0-9]{8,})(\|[^>]*)?>?$`

// decodeMember decodes the ID of a user or user group.
// instead says what to do in place of naming all.
func decodeMember(instead string) decodeFunc[string] {
	return func(d *decoder, v value) (string, bool) {
		who, ok := decodeMention(d, v)
		m, _ := notify.ParseMention(who)
		if ok && m.Broadcast != "" {
			d.mistake(v, instead, "%s is no user or user group", v.quoted())
			return "", false
		}
		return m.User + m.Group, ok
	}
}

// botToken refuses what cannot be sent as a token, and warns of the two other
// kinds of token that Slack's pages show beside a bot's.
func (d *decoder) botToken(v value, token news.Secret) news.Secret {
	text := strings.TrimSpace(token.Reveal())
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		d.mistake(v, "it is one word that begins with xoxb-", "this is no token")
		return ""
	}
	if strings.HasPrefix(text, "xapp-") || strings.HasPrefix(text, "xoxp-") {
		d.warn(v, "use the Bot User OAuth Token, which begins with xoxb-", "this is no bot's token")
	}
	return news.Secret(text)
}

// alertsKeys are the keys of alerts.
func alertsKeys() []key[Alerts] {
	return []key[Alerts]{
		row("default_channel", "Told of what no route takes.", env(plainChannel()),
			func(a *Alerts) *string { return &a.Routes.Default }, decodeChannel),
		row("routes", "Where matches go: the first route that fits decides.", list(the("route")),
			func(a *Alerts) *[]notify.Route { return &a.Routes.Routes }, decodeRoutes),
		row("max_age", "Older stories are kept but never alerted: `48h`, or `unlimited`.",
			env(orWords(period(), "unlimited")).by("48h"),
			func(a *Alerts) *time.Duration { return &a.MaxAge }, decodeMaxAge),
		row("first_run", "Which stories of a source's first crawl alert: those younger than this, `everything` or `nothing`.",
			env(orWords(period(), "nothing", "everything")).by("6h"),
			func(a *Alerts) *FirstRun { return &a.FirstRun }, decodeFirstRun),
		sameNewsKey("Where further outlets' reports of an alerted news go: into the `thread` of the alert, or each as a `message` of its own.",
			string(news.SameNewsThread), func(a *Alerts) *news.SameNews { return &a.SameNews }),
		row("daily", "When the ops channel is told how the last 24 hours were: a schedule such as `0 8 * * *`. Without it it is not.",
			env(matching(digestPattern).or(digestHint)).like("0 8 * * *"),
			func(a *Alerts) *string { return &a.Daily }, decodeDigest),
		row("storm", "Above so many news of a rule within a time the further ones fold into one message a channel: `{news: 15, over: 10m}`, or `none`. What is urgent never does.",
			form{AnyOf: []form{the("storm"), choice(noStorm)}}.by(map[string]any{"news": 15, "over": "10m"}),
			func(a *Alerts) *news.Gust { return &a.Storm }, decodeStorm),
		row("channels", "What holds in single channels.", list(the("channel")),
			func(a *Alerts) *[]ChannelSettings { return &a.Channels }, decodeChannels),
	}
}

// sameNewsKey is the key of where further reports go.
func sameNewsKey[T any](doc, by string, field func(*T) *news.SameNews) key[T] {
	ways := []string{string(news.SameNewsThread), string(news.SameNewsMessage)}
	f := env(choice(ways...))
	if by != "" {
		f = f.by(by)
	}
	return row("same_news", doc, f, field, func(d *decoder, v value) (news.SameNews, bool) {
		way, ok := oneOf(noSynonyms, ways...)(d, v)
		return news.SameNews(way), ok
	})
}

// channelKeys are the keys of what holds in one channel.
func channelKeys() []key[ChannelSettings] {
	return []key[ChannelSettings]{
		row("name", "The channel, as routes and rules name it.", env(plainChannel()),
			func(c *ChannelSettings) *string { return &c.Name }, decodeChannel),
		sameNewsKey("As `same_news` of all channels, for this one.", "",
			func(c *ChannelSettings) *news.SameNews { return &c.SameNews }),
		row("digest", "When the channel is told, all at once: a schedule such as `0 8,16 * * *`. What is urgent comes at once.",
			env(matching(digestPattern).or(digestHint)).like("0 8,16 * * *"),
			func(c *ChannelSettings) *string { return &c.Digest }, decodeDigest),
		row("quiet", "When the channel is told what is urgent alone: days, times or both, such as `Mon-Fri 22:00-07:00`. The rest comes at the end.",
			oneOrMore(env(matching(quietPattern()).or(quietHint)).like("Mon-Fri 22:00-07:00", "Sat,Sun")),
			func(c *ChannelSettings) *[]schedule.Lull { return &c.Quiet }, decodeQuiet),
		row("zone", "The zone of `digest` and `quiet`, such as `Europe/Berlin`, where it is not `timezone`.", env(zoneName()),
			func(c *ChannelSettings) **time.Location { return &c.Zone }, decodeZone),
	}
}

// noStorm has no news folded.
const noStorm = "none"

// stormKeys are the keys of a storm.
func stormKeys() []key[news.Gust] {
	return []key[news.Gust]{
		row("news", "How many news of one rule still come singly.", whole(2, mostNews),
			func(s *news.Gust) *int { return &s.News }, numberFrom(2, mostNews)),
		row("over", "In which time, from `1m` to `24h`.", period(),
			func(s *news.Gust) *time.Duration { return &s.Over }, durationFrom(time.Minute, day)),
	}
}

// decodeStorm decodes above how many news they are folded.
func decodeStorm(d *decoder, v value) (s news.Gust, ok bool) {
	const example = "write it like {news: 15, over: 10m}, or none"
	if v.node.Value == noStorm {
		return s, true
	}
	if v.node.Kind == yaml.ScalarNode {
		d.mistake(v, example, "%s does not say above how many news they are folded", v.quoted())
		return s, false
	}
	set, whole := decodeMap(d, v, &d.tables.storm, &s)
	if !whole {
		return s, false
	}
	for _, name := range d.tables.storm.names() {
		if !set.has(name) {
			d.mistake(v, example, "the storm needs %s", name)
			return s, false
		}
	}
	return s, !slices.ContainsFunc(set, func(p pair) bool { return d.spoilt[p.value.path()] })
}

// decodeChannels decodes what holds in single channels.
func decodeChannels(d *decoder, v value) ([]ChannelSettings, bool) {
	var all []ChannelSettings
	for _, e := range d.list(v, "a list of channels") {
		var c ChannelSettings
		set, whole := decodeMap(d, e, &d.tables.channel, &c)
		if !whole {
			continue
		}
		if !set.has("name") {
			d.mistake(e, "add name: and the channel", "it is not said which channel this holds for")
		}
		if slices.ContainsFunc(all, func(o ChannelSettings) bool { return o.Name == c.Name && c.Name != "" }) {
			d.mistake(set.find("name").value, "write all of it in one place", "the channel %s stands in the list already", c.Name)
		}
		if set.has("zone") && !set.has("digest") && !set.has("quiet") {
			d.mistake(set.find("zone").value, "add quiet: or digest:, or leave it out", "nothing in the channel has a time")
		}
		all = append(all, c)
	}
	return all, true
}

func decodeMaxAge(d *decoder, v value) (time.Duration, bool) {
	if v.node.Value == "unlimited" {
		return 0, true
	}
	return durationFrom(time.Minute, longest)(d, v)
}

func decodeFirstRun(d *decoder, v value) (FirstRun, bool) {
	switch v.node.Value {
	case "everything":
		return FirstRun{Everything: true}, true
	case "nothing":
		return FirstRun{Nothing: true}, true
	}
	younger, ok := durationFrom(0, longest)(d, v)
	return FirstRun{Younger: younger}, ok
}

func decodeRoutes(d *decoder, v value) ([]notify.Route, bool) {
	var all []notify.Route
	for _, e := range d.list(v, "a list of routes") {
		var r notify.Route
		set, whole := decodeMap(d, e, &d.tables.route, &r)
		if !whole {
			continue
		}
		if !set.has("to") {
			d.mistake(e, "add to: [channel]", "the route names no channel")
		}
		all = append(all, r)
	}
	return all, true
}

// routeKeys are the keys of a route.
func routeKeys() []key[notify.Route] {
	return []key[notify.Route]{
		row("severity", "Severities of the match.", oneOrMore(env(choice(severities()...))),
			func(r *notify.Route) *[]news.Severity { return &r.Severity }, decodeSeverities),
		row("topic", "Topics of the rule.", oneOrMore(env(words())),
			func(r *notify.Route) *[]string { return &r.Topic }, wordsOf("topic")),
		row("rule", "Names of rules.", oneOrMore(env(words())),
			func(r *notify.Route) *[]string { return &r.Rule }, wordsOf("rule")),
		row("tag", "Tags of the source.", oneOrMore(env(words())),
			func(r *notify.Route) *[]string { return &r.Tag }, wordsOf("tag")),
		row("language", "Languages of the story, such as `en` or `ko`.", oneOrMore(env(languageCode())),
			func(r *notify.Route) *[]string { return &r.Language }, listOf("language", decodeLanguage)),
		row("to", "The channels: names with or without `#` (quote it then), or IDs.", oneOrMore(env(plainChannel())),
			func(r *notify.Route) *[]string { return &r.To }, listOf("channel", decodeChannel)),
		row("mention", "Whom to mention: `\"@here\"`, `\"@channel\"` or `\"@everyone\"`, or the ID of a user (`U012AB3CD`) or user group (`S012AB3CD`).",
			oneOrMore(env(matching(mentionPattern).or("write the ID of a user or user group, or @here, @channel or @everyone")).
				like("@here", "S012AB3CD")),
			func(r *notify.Route) *[]string { return &r.Mention }, listOf("mention", decodeMention)),
		row("if_unanswered", "Who is told, once a news, when nobody answers its alert: `{after: 15m, to: [desk-heads]}`.", the("if_unanswered"),
			func(r *notify.Route) *news.Fallback { return &r.Fallback }, decodeFallback),
	}
}

// fallbackKeys are the keys of who is told of what nobody answers.
func fallbackKeys() []key[news.Fallback] {
	return []key[news.Fallback]{
		row("after", "How long after its post, or after it was opened again, nobody has answered the alert: from `1m` to `7d`.", env(period()),
			func(f *news.Fallback) *time.Duration { return &f.After }, durationFrom(time.Minute, 7*day)),
		row("to", "The channels that are told: names with or without `#` (quote it then), or IDs.", oneOrMore(env(plainChannel())),
			func(f *news.Fallback) *[]string { return &f.To }, listOf("channel", decodeChannel)),
		row("mention", "Whom to mention there, as `mention` of the route.",
			oneOrMore(env(matching(mentionPattern).or("write the ID of a user or user group, or @here, @channel or @everyone")).
				like("@channel", "S012AB3CD")),
			func(f *news.Fallback) *[]string { return &f.Mentions }, listOf("mention", decodeMention)),
	}
}

// decodeFallback decodes who is told of what nobody answers.
func decodeFallback(d *decoder, v value) (f news.Fallback, ok bool) {
	set, whole := decodeMap(d, v, &d.tables.fallback, &f)
	if !whole {
		return f, false
	}
	if !set.has("after") {
		d.mistake(v, "add after: 15m", "it is not said after which time")
	}
	if !set.has("to") {
		d.mistake(v, "add to: [channel]", "it is not said which channel is told")
	}
	return f, f.After > 0 && len(f.To) > 0
}

// decodeSeverities decodes severities, each of which counts once.
func decodeSeverities(d *decoder, v value) ([]news.Severity, bool) {
	all, ok := listOf("severity", decodeSeverity)(d, v)
	return distinct(all), ok
}

func distinct(all []news.Severity) []news.Severity {
	var once []news.Severity
	for _, s := range all {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return once
}

func decodeSeverity(d *decoder, v value) (news.Severity, bool) {
	name, ok := oneOf(severitySynonyms, severities()...)(d, v)
	if !ok {
		return news.Normal, false
	}
	return news.ParseSeverity(name)
}

func severities() []string {
	return []string{news.Info.String(), news.Normal.String(), news.High.String(), news.Urgent.String()}
}
