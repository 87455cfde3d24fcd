package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/copytaster/copytaster/internal/login"
	"github.com/copytaster/copytaster/internal/news"
)

// hashHint says how a hash is made.
const hashHint = "`copytaster hash-password` makes one, and so does `htpasswd -nB -C 10 NAME`, after the colon"

// authKeys are the keys of auth.
func authKeys() []key[login.Policy] {
	return []key[login.Policy]{
		row("users", "People who log in with a name and a password.", list(the("auth_user")),
			func(p *login.Policy) *[]login.Credential { return &p.Users }, decodeUsers),
		row("header", "The header in which a trusted proxy names who is logged in, such as `X-Forwarded-User`.",
			env(matching("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$").or("write it like X-Forwarded-User")).like("X-Forwarded-User"),
			func(p *login.Policy) *string { return &p.Header }, decodeHeaderName).requires("from"),
		row("from", "The addresses of the proxy in front, such as `10.0.0.1/32`: from nobody else are `header` and `X-Forwarded-For` believed.",
			list(env(matching(`^[0-9a-fA-F.:]+(/[1-9]\d{0,2})?$`).or("write it like 10.0.0.1/32 or fd00::1/128"))),
			func(p *login.Policy) *[]netip.Prefix { return &p.From }, decodeNetworks),
	}
}

// userKeys are the keys of a user of the pages.
func userKeys() []key[login.Credential] {
	hash := func(u *login.Credential) *news.Secret { return &u.Hash }
	return []key[login.Credential]{
		row("name", "The name to log in with.", env(words()), func(u *login.Credential) *string { return &u.Name }, decodeUser),
		row("password_hash", "The password as a hash of bcrypt, which `copytaster hash-password` makes; or use `password_hash_file`.",
			env(words()), hash, hashBy((*decoder).secret)),
		row("password_hash_file", "A file that holds the hash.", env(words()), hash, hashBy((*decoder).secretFile)),
	}
}

// hashBy decodes the hash of a password.
func hashBy(decode decodeFunc[news.Secret]) decodeFunc[news.Secret] {
	return func(d *decoder, v value) (news.Secret, bool) {
		hash, ok := decode(d, v)
		if !ok {
			return "", false
		}
		text := strings.TrimSpace(hash.Reveal())
		if err := login.CheckHash(text); err != nil {
			d.mistake(v, hashHint, "%s", err)
			return "", false
		}
		return news.Secret(text), true
	}
}

// decodeUsers decodes people who may log in.
func decodeUsers(d *decoder, v value) (users []login.Credential, ok bool) {
	for _, e := range d.list(v, "a list of users") {
		var u login.Credential
		set, whole := decodeMap(d, e, &d.tables.authUser, &u)
		if !whole {
			continue
		}
		hashed, filed := set.find("password_hash"), set.find("password_hash_file")
		switch {
		case !set.has("name"):
			d.mistake(e, "add name: ada", "the user has no name")
		case hashed != nil && filed != nil:
			d.mistake(filed.value, "keep one of them", "the user has password_hash already")
		case hashed == nil && filed == nil:
			d.mistake(e, "add password_hash: "+hashHint, "the user has no password")
		case slices.ContainsFunc(users, func(other login.Credential) bool { return other.Name == u.Name }):
			d.mistake(set.find("name").value, "give each a name of their own", "there is a user %s already", u.Name)
		case u.Name != "":
			users = append(users, u)
		}
	}
	return users, true
}

// decodeHeaderName decodes the name of a header.
func decodeHeaderName(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if ok && !httpguts.ValidHeaderFieldName(text) {
		d.mistake(v, "write it like X-Forwarded-User", "%s is no name of a header", v.quoted())
		return "", false
	}
	return text, ok
}

// checkAuth looks at what the keys of auth say together.
func (c *checker) checkAuth() {
	c.checkTrusted()
	if c.said.Auth.Header != "" && len(c.said.Auth.From) == 0 {
		c.at(c.places.locate("auth.header"), "auth.header", "add auth.from: [10.0.0.1/32] with the proxy's address",
			"whoever sends the header would be believed")
	}
	if c.said.Auth.Asks() && c.said.Listen == "" {
		c.warnAt(c.places.locate("auth"), "set `listen`", "nothing listens here, so that there are no pages to log in to")
	}
	a, https := c.said.Auth, strings.HasPrefix(c.said.PublicURL, "https:")
	if len(a.Users) > 0 && len(a.From) == 0 && https && c.said.Listen != "" {
		c.warnAt(c.places.locate("auth.users"), "add auth.from: [127.0.0.1/32] with the address of the proxy that serves public_url; "+
			"it must set X-Forwarded-For", "all who log in have the proxy's address, so that anybody's wrong passwords delay everybody")
	}
	if front := c.said.Front(); front != "" && !c.said.Auth.Asks() && c.said.Listen != "" {
		c.warnAt(c.places.locate(front), "say in `auth` who may see them; the proxy should pass on only what is needed",
			"something passes requests on to `listen`, so that the pages are shown to nobody without `auth`")
	}
}

// Networks that are shorter than these many bits are larger than anybody's proxies need.
const (
	wideIPv4 = 8
	wideIPv6 = 16
)

// checkTrusted looks at how many addresses may say who somebody is.
func (c *checker) checkTrusted() {
	for i, network := range c.said.Auth.From {
		at, wide := c.places.locate(fmt.Sprintf("auth.from[%d]", i)), wideIPv6
		if network.Addr().Is4() {
			wide = wideIPv4
		}
		const hint = "name the addresses of the proxy, such as 10.0.0.1/32"
		switch {
		case network.Bits() == 0:
			c.at(at, "auth.from", hint, "%s is every address: anybody could say who they are", network)
		case network.Bits() < wide:
			c.warnAt(at, hint, "%s is a very large network to trust: whoever is in it can say who they are", network)
		}
	}
}
