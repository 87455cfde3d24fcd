package crawler

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// cookieFiles are the cookie files of the sources, each read once. The zero
// value works.
type cookieFiles struct {
	mu   sync.Mutex
	jars map[string]http.CookieJar
}

// read returns the cookies of a file, nil for "". Nothing is ever added to
// them: answers' cookies are not kept.
func (f *cookieFiles) read(path string) (http.CookieJar, error) {
	if path == "" {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if jar, ok := f.jars[path]; ok {
		return jar, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		var cause *fs.PathError
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return nil, fmt.Errorf("read cookies file %s: %w", path, err)
	}
	jar, err := parseCookies(string(text))
	if err != nil {
		return nil, fmt.Errorf("read cookies file %s: %w", path, err)
	}
	if f.jars == nil {
		f.jars = map[string]http.CookieJar{}
	}
	f.jars[path] = jar
	return jar, nil
}

// parseCookies reads the Netscape format: a line of seven fields with tabs
// between them for every cookie: domain, "TRUE" when its subdomains get it
// too, path, "TRUE" for https only, expiry in unix seconds (0: never), name,
// value. Lines that begin with "#" are comments but for curl's "#HttpOnly_".
func parseCookies(text string) (http.CookieJar, error) {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, err
	}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimPrefix(strings.TrimRight(line, "\r\n"), "#HttpOnly_")
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 7 {
			return nil, fmt.Errorf("line %d has %d fields with tabs between them, not 7", number, len(fields))
		}
		expires, err := strconv.ParseInt(fields[4], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: the fifth field is no time in seconds", number)
		}
		addCookie(jar, fields, expires)
	}
	return jar, nil
}

func addCookie(jar http.CookieJar, fields []string, expires int64) {
	host := strings.TrimPrefix(fields[0], ".")
	c := &http.Cookie{Name: fields[5], Value: fields[6], Path: fields[2], Secure: fields[3] == "TRUE"}
	if _, err := netip.ParseAddr(host); err != nil && fields[1] == "TRUE" {
		c.Domain = host
	}
	if expires > 0 {
		c.Expires = time.Unix(expires, 0)
	}
	jar.SetCookies(&url.URL{Scheme: "https", Host: host, Path: "/"}, []*http.Cookie{c})
}
