package crawler

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/crawler/websub"
	"github.com/copytaster/copytaster/internal/news"
)

const (
	maxAnswer   = 64 << 10 // bytes that are read of a hub's answer
	maxReason   = 200      // bytes of it that an error shows
	postTimeout = 15 * time.Second
)

// hubOf finds the WebSub hub of a list and the name that it knows the list by:
// the Link headers are asked first, then the list itself. One that does not
// say what it is called is taken by the URL that it was read at.
func hubOf(doc Document, list extract.List) (hub, topic string) {
	hubs, topic := websub.Links(doc.Header.Values("Link"), doc.URL)
	if hub = cmp.Or(websub.Choose(hubs), websub.Choose(list.Hubs)); hub == "" {
		return "", ""
	}
	return hub, cmp.Or(topic, list.Topic, doc.URL)
}

// Post sends a form to the hub of a source, through the same guard as every fetch.
// robots.txt is not asked: it is about crawling. None of the source's secrets are
// sent. A redirect is followed when it asks for the form again (307, 308). Any
// status except 2xx is an error that shows the beginning of the hub's answer.
func (c *Crawler) Post(ctx context.Context, src news.Source, target string, form url.Values) (err error) {
	defer c.recoverFrom(target, &err)
	v := &trip{
		source: &news.Source{URL: target, Proxy: src.Proxy}, limit: maxAnswer, cut: true,
		left:  min(c.options.Timeout, postTimeout),
		admit: func(ctx context.Context, u *url.URL) error { return c.reserve(ctx, u, c.options.HostInterval) },
	}
	start, err := c.prepare(v, target)
	if err != nil {
		return err
	}
	visiting := context.WithValue(ctx, tripKey{}, v)
	req, err := http.NewRequestWithContext(visiting, http.MethodPost, start, strings.NewReader(form.Encode()))
	if err != nil {
		return c.fault(ctx, v, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", c.options.UserAgent)
	client := &http.Client{Transport: c.guard, CheckRedirect: repeat}
	res, err := client.Do(req)
	if err != nil {
		return c.fault(ctx, v, err)
	}
	said, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return c.fault(ctx, v, err)
	}
	err = c.judge(ctx, v, Document{URL: v.at.Redacted(), Status: res.StatusCode, Header: res.Header}, req.Header)
	var fault *news.CrawlError
	if reason := plain(said); errors.As(err, &fault) && reason != "" {
		fault.Err = errors.New(reason)
	}
	return err
}

// repeat follows a redirect that keeps the request as it is; of another one
// the answer itself counts.
func repeat(req *http.Request, via []*http.Request) error {
	if req.Method != http.MethodPost {
		return http.ErrUseLastResponse
	}
	return redirect(req, via)
}

// plain is the beginning of a text on one line; "" of what is no text.
func plain(said []byte) string {
	if bytes.ContainsFunc(said, func(r rune) bool { return r == '<' || r == unicode.ReplacementChar }) {
		return ""
	}
	isGap := func(r rune) bool { return unicode.IsSpace(r) || news.Unseen(r) }
	text := strings.Join(strings.FieldsFunc(string(said), isGap), " ")
	if len(text) <= maxReason {
		return text
	}
	return strings.ToValidUTF8(text[:maxReason], "") + "…"
}

// ReadPush reads what a hub has pushed as the list that it stands for: the
// topic is its URL. The body must not be above 10 MB; what is no list is a
// FaultContent.
func (c *Crawler) ReadPush(src news.Source, topic, contentType string, body []byte) (listing news.Listing, err error) {
	defer c.recoverFrom(topic, &err)
	if !c.lists[src.Kind].pushed {
		return news.Listing{}, &news.CrawlError{Fault: news.FaultContent, URL: topic, Err: fmt.Errorf("a %s cannot be pushed", src.Kind)}
	}
	_, params, _ := strings.Cut(contentType, ";")
	doc := Document{URL: topic, Body: body, Charset: charsetOf(params)}
	list, err := c.readList(context.Background(), &src, doc)
	if err != nil {
		return news.Listing{}, contentFault(doc, err)
	}
	return news.Listing{Title: list.Title, Stories: finish(&src, list.Stories), Skipped: list.Skipped}, nil
}
