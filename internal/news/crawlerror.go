package news

import (
	"fmt"
	"time"
)

// Fault says what went wrong with a crawl, for source health and back-off.
type Fault string

// The faults of a crawl.
const (
	FaultDNS       Fault = "dns"
	FaultTLS       Fault = "tls"
	FaultConnect   Fault = "connect"
	FaultTimeout   Fault = "timeout"
	FaultTooLarge  Fault = "too large"
	FaultRedirects Fault = "redirects"
	FaultRefused   Fault = "private address"
	FaultRobots    Fault = "robots.txt"
	FaultStatus    Fault = "http status"
	FaultThrottled Fault = "throttled"  // 429, or 503 with Retry-After
	FaultGone      Fault = "gone"       // 404 or 410
	FaultContent   Fault = "not a list" // neither feed, sitemap nor index page, or one that cannot be read
	FaultWall      Fault = "wall"       // a captcha, a consent page or the like instead of the list
	FaultHostile   Fault = "hostile"    // a document that would take far more memory to read than its size suggests
	FaultPanic     Fault = "panic"
)

// CrawlError is a crawl that failed: which fault, at which URL.
type CrawlError struct {
	Fault      Fault
	URL        string
	Status     int           // HTTP status; 0 when there was no answer
	RetryAfter time.Duration // the server's wish; 0 when it voiced none
	Err        error         // the cause; may be nil
}

// Error names the fault, the URL without its keys, and the cause.
func (e *CrawlError) Error() string {
	msg := string(e.Fault)
	if e.Status != 0 && e.Status/100 != 2 { // a fault of the content is not the status's
		msg = fmt.Sprintf("%s %d", msg, e.Status)
	}
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return fmt.Sprintf("crawl %s: %s", ShownURL(e.URL), msg)
}

// Unwrap returns the cause.
func (e *CrawlError) Unwrap() error { return e.Err }

// LaterError says that a request has to wait for its host's slot, which is too
// far off to wait for in place.
type LaterError struct{ At time.Time }

// Error returns the time of the slot.
func (e *LaterError) Error() string {
	return "wait for the host until " + e.At.UTC().Format(time.RFC3339)
}
