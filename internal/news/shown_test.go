package news

import (
	"errors"
	"testing"
	"time"
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
		"https://hunter2@a.example/f":                                   "https://xxxxx@a.example/f",
		"https://hunter2:@a.example/f":                                  "https://xxxxx@a.example/f",
		"https://anna:hunter2%@a.example/f?key=hunter2":                 "https://xxxxx@a.example/f?key=[hidden]",
		"https://anna:hun/ter2@a.example/f":                             "https://xxxxx@a.example/f",
		"https://anna:hun#ter2@a.example/f":                             "https://xxxxx@a.example/f",
		"//anna:hunter2%@a.example/f":                                   "//xxxxx@a.example/f",
		"https://a.example/@anna/%zz":                                   "https://a.example/@anna/%zz",
		"https://a.example/f?a=1;token=hunter2;b=2":                     "https://a.example/f?a=1;token=[hidden];b=2",
		"https://a.example/f?api%5Fkey=hunter2&tokens[]=1&key[]=x":      "https://a.example/f?api%5Fkey=[hidden]&tokens[]=1&key[]=[hidden]",
		"https://a.example/#access_token=hunter2&state=1":               "https://a.example/#access_token=[hidden]&state=1",
		"https://a.example/f?key=${KEY}&token=${A}b":                    "https://a.example/f?key=${KEY}&token=[hidden]",
		"story.txt":                        "story.txt",
		"https://a.example/%zz?key=s3kr3t": "https://a.example/%zz?key=[hidden]",
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

func TestKnownTime(t *testing.T) {
	if got := KnownTime(time.Time{}); got != nil {
		t.Errorf("a time that is not known is %v", got)
	}
	at := time.Date(2023, 9, 13, 14, 0, 0, 0, time.FixedZone("CEST", 7200))
	if got := KnownTime(at); got == nil || got.Format(time.RFC3339) != "2023-09-13T12:00:00Z" {
		t.Errorf("%v is shown as %v", at, got)
	}
}
