package crawler

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime/debug"
	"strings"

	"code.dny.dev/ssrf"
	"github.com/copytaster/copytaster/internal/news"
)

// finalError carries an error that is already what the caller gets, such as
// one of Hosts, through net/http and colly.
type finalError struct{ err error }

func (e finalError) Error() string { return e.err.Error() }

// fault turns an error of colly into the error for the caller.
func (c *Crawler) fault(ctx context.Context, v *trip, err error) error {
	fault := &news.CrawlError{URL: v.at.Redacted()}
	if ctx.Err() != nil {
		fault.Fault, fault.Err = news.FaultTimeout, ctx.Err()
		return fault
	}
	if final, ok := errors.AsType[finalError](err); ok {
		return final.err
	}
	// url.Error repeats the URL.
	for inner := (*url.Error)(nil); errors.As(err, &inner); {
		err = inner.Err
	}
	fault.Fault, fault.Err = classify(err), err
	var certificate *tls.CertificateVerificationError
	switch {
	case fault.Fault == news.FaultTimeout:
		fault.Err = fmt.Errorf("no whole answer in time: %w", err)
	case errors.Is(err, errScheme) && v.hop.count > 0:
		fault.Fault = news.FaultRedirects
	case errors.As(err, &certificate): // which says "tls: " again
		fault.Err = certificate.Err
	}
	return fault
}

// recoverFrom turns a panic of a crawl into an error: one document must not end
// all crawls. The stack is logged. Use it with defer.
func (c *Crawler) recoverFrom(target string, err *error) {
	r := recover()
	if r == nil {
		return
	}
	c.log.Error("a crawl panicked", "url", news.ShownURL(target), "panic", r, "stack", string(debug.Stack()))
	*err = &news.CrawlError{Fault: news.FaultPanic, URL: target, Err: fmt.Errorf("%v", r)}
}

// classify finds the fault in an error of net/http, the guard or the body.
func classify(err error) news.Fault {
	var (
		dns      *net.DNSError
		timeout  net.Error
		large    tooLargeError
		encoding encodingError
	)
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, errNumericHost):
		return news.FaultRefused
	case errors.As(err, &dns):
		return news.FaultDNS
	case errors.As(err, &large), strings.Contains(err.Error(), "response headers exceeded"):
		return news.FaultTooLarge
	case errors.Is(err, errRedirects):
		return news.FaultRedirects
	case errors.As(err, &encoding):
		return news.FaultContent
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return news.FaultTimeout
	case isTLS(err):
		return news.FaultTLS
	}
	return news.FaultConnect
}

// isTLS finds the errors of a handshake. Alerts of the other side have no type
// of their own.
func isTLS(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) ||
		errors.As(err, &authority) || errors.As(err, &hostname) ||
		strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "HTTP response to HTTPS client")
}
