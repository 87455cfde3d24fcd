package news

import (
	"errors"
	"testing"
)

// TestShownURL: keys are hidden, and nothing that is none.
func TestShownURL(t *testing.T) {
	for link, want := range map[string]string{
		"":                               "",
		"https://a.example/rss?":         "https://a.example/rss?",
		"https://a.example/f?key=s3kr3t": "https://a.example/f?key=[hidden]",
		"https://a.example/f?API_KEY=a%3Db=c&page=2&access_token=x#top": "https://a.example/f?API_KEY=[hidden]&page=2&access_token=[hidden]#top",
		"https://a.example/f?X-Amz-Signature=ab12&X-Amz-Date=20260101":  "https://a.example/f?X-Amz-Signature=[hidden]&X-Amz-Date=20260101",
		"https://desk:hunter2@a.example/f":                              "https://desk:xxxxx@a.example/f",
		"https://a.example/f?keywords=kim&author=lee&design=1&token=":   "https://a.example/f?keywords=kim&author=lee&design=1&token=",
		"https://a.example/arc/?outputType=xml&q=%ZZ&token=x":           "https://a.example/arc/?outputType=xml&q=%ZZ&token=[hidden]",
		"https://a.example/#?key=kept":                                  "https://a.example/#?key=kept",
		"https://a.example/%zz?key=s3kr3t":                              "https://a.example/%zz?key=[hidden]",
	} {
		if got := ShownURL(link); got != want {
			t.Errorf("%s is shown as %s, want %s", link, got, want)
		}
	}
}

// TestCrawlErrorHidesKeys: an error goes to the log, to status and to the ops
// channel.
func TestCrawlErrorHidesKeys(t *testing.T) {
	err := &CrawlError{Fault: FaultGone, URL: "https://a.example/f?key=s3kr3t", Status: 404, Err: errors.New("not there")}
	if got, want := err.Error(), "crawl https://a.example/f?key=[hidden]: gone 404: not there"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
