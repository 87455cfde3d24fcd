package crawler

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

// How many sitemaps of an index are read in one crawl: the newest hold the news. Where an index does
// not say which these are, the first two are those at its ends.
const (
	leastChildren = 2
	maxChildren   = 5
)

// indexTime is how long the crawl of an index's children can be resumed after a
// wait for their host.
const indexTime = 30 * time.Minute

// List crawls a source's list: conditionally when v holds validators, which
// are sent verbatim. The stories carry the source's Origin, but no Key and no
// FirstSeen. An answer that is something else than the source says is a
// FaultContent, or a FaultWall, that says what it is.
func (c *Crawler) List(ctx context.Context, src news.Source, v news.Validators) (listing news.Listing, err error) {
	defer c.recoverFrom(src.URL, &err)
	if children, ok := c.indexes.take(src.URL, c.now()); ok {
		return c.children(ctx, &src, news.Listing{}, children)
	}
	header := http.Header{}
	setIfAny(header, "If-None-Match", v.ETag)
	setIfAny(header, "If-Modified-Since", v.LastModified)
	list, doc, err := c.fetchList(ctx, &src, src.URL, header)
	if err != nil {
		return news.Listing{}, err
	}
	listing = news.Listing{MovedTo: doc.moved, Validators: news.Validators{
		ETag:         doc.Header.Get("ETag"),
		LastModified: doc.Header.Get("Last-Modified"),
	}}
	if doc.Status == http.StatusNotModified {
		listing.NotModified = true
		listing.Validators.ETag = cmp.Or(listing.Validators.ETag, v.ETag)
		listing.Validators.LastModified = cmp.Or(listing.Validators.LastModified, v.LastModified)
		return listing, nil
	}
	listing.Title, listing.Stories, listing.Skipped = list.Title, finish(&src, list.Stories), list.Skipped
	listing.Hub, listing.Topic = hubOf(doc, list)
	if len(list.Sitemaps) > 0 {
		// An index may stay the same while its children change: never ask for
		// it conditionally.
		listing.Validators = news.Validators{}
		return c.children(ctx, &src, listing, sameSite(list.Sitemaps, src.URL, doc.URL))
	}
	return listing, nil
}

func setIfAny(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

// children adds the stories of an index's sitemaps, at most maxChildren of them.
// A sitemap that cannot be read is left out, unless none can be read.
func (c *Crawler) children(
	ctx context.Context, src *news.Source, listing news.Listing, urls []string,
) (news.Listing, error) {
	var errs []error
	enough := func(read int) bool {
		return read >= maxChildren || read >= leastChildren && len(listing.Stories) >= news.MaxListed
	}
	for read := 0; len(urls) > 0 && !enough(read); read++ {
		list, doc, err := c.fetchList(ctx, src, urls[0], http.Header{})
		var later *news.LaterError
		if errors.As(err, &later) && len(listing.Stories) == 0 {
			// From the index on the same wait would come up again.
			c.indexes.leave(src.URL, urls, later.At.Add(indexTime))
			return news.Listing{}, err
		}
		if err != nil {
			errs = append(errs, err)
		}
		if ctx.Err() != nil || later != nil {
			break
		}
		listing.Stories = append(listing.Stories, finish(src, list.Stories)...)
		listing.Skipped += list.Skipped
		urls = slices.Concat(sameSite(list.Sitemaps, src.URL, doc.URL), urls[1:])
	}
	if len(listing.Stories) == 0 && len(errs) > 0 {
		return news.Listing{}, errs[0]
	}
	if len(errs) > 0 {
		c.log.Warn("some sitemaps of an index cannot be had", "source", src.Name, "error", errors.Join(errs...))
	}
	listing.Stories = extract.Newest(distinct(listing.Stories))
	return listing, nil
}

// fetchList fetches a document and reads it as the source's kind of list,
// unless it is not modified.
func (c *Crawler) fetchList(
	ctx context.Context, src *news.Source, target string, header http.Header,
) (list extract.List, doc Document, err error) {
	kind := c.lists[src.Kind]
	header.Set("Accept", kind.accept)
	v := c.newTrip(src, kind.limit)
	var content error
	if kind.stream != nil {
		v.stream = func(url, charset string, r io.Reader) {
			list, content = kind.readStream(r, c.extractOptions(src, Document{URL: url, Charset: charset}))
		}
	}
	doc, err = c.visit(ctx, v, target, header)
	if err != nil || doc.Status == http.StatusNotModified {
		return extract.List{}, doc, err
	}
	if kind.stream == nil {
		list, content = c.readList(ctx, src, doc)
	}
	if content != nil {
		return extract.List{}, doc, contentFault(doc, content)
	}
	return list, doc, nil
}

// readList reads a whole document as the source's kind of list, as soon as
// there is memory to parse it.
func (c *Crawler) readList(ctx context.Context, src *news.Source, doc Document) (extract.List, error) {
	release, err := c.parsing.take(ctx, len(doc.Body))
	if err != nil {
		return extract.List{}, err
	}
	defer release()
	return c.lists[src.Kind].readDocument(src, doc.Body, c.extractOptions(src, doc))
}

func (c *Crawler) extractOptions(src *news.Source, doc Document) extract.Options {
	return extract.Options{URL: doc.URL, Charset: doc.Charset, DatesIn: src.DatesIn, Language: src.Language, Now: c.now()}
}

// contentFault turns an extractor's error into the fault of a crawl.
func contentFault(doc Document, err error) *news.CrawlError {
	fault := &news.CrawlError{Fault: news.FaultContent, URL: doc.URL, Status: doc.Status, Err: err}
	switch {
	case errors.Is(err, extract.ErrPanic):
		fault.Fault = news.FaultPanic
	case errors.Is(err, extract.ErrTooLarge):
		fault.Fault = news.FaultTooLarge
	case errors.Is(err, extract.ErrCostly):
		fault.Fault = news.FaultHostile
	case errors.Is(err, errWall):
		fault.Fault = news.FaultWall
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled): // it waited to be parsed
		fault.Fault = news.FaultTimeout
	}
	return fault
}

// finish drops what is no story and fills in what the source knows better.
func finish(src *news.Source, stories []news.Story) []news.Story {
	stories = slices.DeleteFunc(stories, func(s news.Story) bool {
		saysNothing := s.URL == "" && s.Title+s.Summary+s.Text == ""
		return saysNothing || s.URL != "" && !isWeb(s.URL)
	})
	for i := range stories {
		stories[i].Origin = src.Origin
		stories[i].Language = cmp.Or(src.Language, stories[i].Language)
	}
	return stories
}

func isWeb(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// sameSite keeps the URLs on the site of another one, of several: the same registrable domain,
// or the same host where it has none.
func sameSite(urls []string, as ...string) []string {
	return slices.DeleteFunc(slices.Clone(urls), func(u string) bool {
		return !isWeb(u) || !slices.ContainsFunc(as, func(one string) bool { return siteOf(u) == siteOf(one) })
	})
}

// siteOf is news.SiteOf of a URL as text, "" for one that cannot be read.
func siteOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return news.SiteOf(u)
}

// distinct drops the stories whose link came up before.
func distinct(stories []news.Story) []news.Story {
	seen := make(map[string]bool, len(stories))
	return slices.DeleteFunc(stories, func(s news.Story) bool {
		again := s.URL != "" && seen[s.URL]
		seen[s.URL] = true
		return again
	})
}
