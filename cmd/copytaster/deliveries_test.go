package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
)

// edited is a delivery whose story its outlet has changed twice since.
func edited() app.DeliveryStatus {
	at := time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)
	return app.DeliveryStatus{
		Delivery: news.Delivery{ID: 7, Channel: "news", Kind: news.DeliverStory, State: news.StateSent, Created: at, Done: at},
		Title:    "Leaders sign", Rules: []string{"kim"},
		Revisions: []news.Revision{
			{Seen: at.Add(time.Hour), Kinds: []news.RevisionKind{news.RevisedHeadline, news.RevisedText}, Title: "Leaders meet", Text: "They met.",
				Changes: []news.Change{{Field: news.FieldTitle, Before: "Leaders", Went: "meet", Came: "talk"}}},
			{Seen: at.Add(2 * time.Hour), Kinds: []news.RevisionKind{news.RevisedHeadline}, Title: "Leaders talk"},
		},
	}
}

func TestPrintDeliveries(t *testing.T) {
	failed := edited()
	failed.ID, failed.Error = 8, "timeout"
	plain := edited()
	plain.ID, plain.Revisions = 9, nil
	var out bytes.Buffer
	tool := &tool{output: newOutput(stdio{out: &out, err: &out, env: func(string) (string, bool) { return "", false }})}
	printDeliveries(tool.output, []deliveryJSON{deliveryOf(edited()), deliveryOf(failed), deliveryOf(plain)})
	var got []string
	for line := range strings.Lines(out.String()) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"ID STATE CHANNEL CREATED WHAT",
		"7 sent news 13 Sep 2023 12:00:00 UTC Leaders sign · changed: headline, text",
		"8 sent news 13 Sep 2023 12:00:00 UTC Leaders sign · changed: headline, text" + because("timeout"),
		"9 sent news 13 Sep 2023 12:00:00 UTC Leaders sign",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRevisionsInJSON(t *testing.T) {
	b, err := json.Marshal(deliveryOf(edited()))
	if err != nil {
		t.Fatal(err)
	}
	const want = `"revisions":[` +
		`{"seen":"2023-09-13T13:00:00Z","kinds":["headline","text"],"was":"Leaders meet","changes":[{"field":"title","before":"Leaders","went":"meet","came":"talk"}]},` +
		`{"seen":"2023-09-13T14:00:00Z","kinds":["headline"],"was":"Leaders talk"}]`
	if !strings.Contains(string(b), want) {
		t.Errorf("got %s, want in it %s", b, want)
	}
}
