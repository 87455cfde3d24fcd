package crawler

import (
	"errors"
	"fmt"
	"io"
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

// maxCookies is how much of a cookies file is read, in bytes; a browser's whole
// export has less.
const maxCookies = 4 << 20

// cookieFiles are the cookie files of the sources. Each is read for every visit,
// which costs some microseconds: other programs renew cookies while the daemon
// runs, and the file's time does not always change. The zero value works.
type cookieFiles struct {
	mu   sync.Mutex
	read map[string]cookieFile
}

// cookieFile is a file as it was parsed last.
type cookieFile struct {
	text string
	jar  http.CookieJar
}

// jar returns the cookies of a file, nil for "". Nothing is ever added to
// them: answers' cookies are not kept.
func (f *cookieFiles) jar(path string) (http.CookieJar, error) {
	if path == "" {
		return nil, nil
	}
	text, err := readCookies(path)
	if err != nil {
		return nil, fmt.Errorf("read cookies file %s: %w", path, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.read[path]; ok && known.text == text {
		return known.jar, nil
	}
	jar, err := parseCookies(text)
	if err != nil {
		return nil, fmt.Errorf("read cookies file %s: %w", path, err)
	}
	if f.read == nil {
		f.read = map[string]cookieFile{}
	}
	f.read[path] = cookieFile{text, jar}
	return jar, nil
}

func readCookies(path string) (string, error) {
	file, err := os.Open(path)
	var cause *fs.PathError
	if errors.As(err, &cause) { // which says the path again
		return "", cause.Err
	}
	if err != nil {
		return "", err
	}
	defer file.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(io.LimitReader(file, maxCookies+1))
	switch {
	case errors.As(err, &cause):
		return "", cause.Err
	case err == nil && len(text) > maxCookies:
		return "", tooLargeError{maxCookies}
	}
	return string(text), err
}

// parseCookies reads the Netscape format: a line of seven fields with tabs
// between them for every cookie: domain, "TRUE" when its subdomains get it
// too, path, "TRUE" for https only, expiry in unix seconds (0: never), name,
// value. Lines that begin with "#" are comments, except
// curl's "#HttpOnly_".
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
	//nolint:gosec // as the file has it
	c := &http.Cookie{Name: fields[5], Value: fields[6], Path: fields[2], Secure: fields[3] == "TRUE"}
	if _, err := netip.ParseAddr(host); err != nil && fields[1] == "TRUE" {
		c.Domain = host
	}
	if expires > 0 {
		c.Expires = time.Unix(expires, 0)
	}
	jar.SetCookies(&url.URL{Scheme: "https", Host: host, Path: "/"}, []*http.Cookie{c})
}
