package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/crawler/extract"
)

// wallSize is how much of a page is searched for signs of a wall.
const wallSize = 64 << 10

// wallSigns are what walls in front of sites say or load, in lower case. They only
// explain why a page has no list or no text: a captcha may also guard the comments
// of a story.
var wallSigns = []struct{ sign, name string }{
	{"just a moment...</title>", "Cloudflare asks for a browser"},
	{"attention required! | cloudflare", "Cloudflare blocks us"},
	{"cf-challenge", "Cloudflare asks for a browser"},
	{"challenge-platform", "Cloudflare asks for a browser"},
	{"captcha-delivery.com", "DataDome asks for a captcha"},
	{"px-captcha", "PerimeterX asks for a captcha"},
	{"_incapsula_resource", "Imperva blocks us"},
	{"awswafintegration", "AWS WAF asks for a browser"},
	{"pardon our interruption", "a bot wall"},
	{"ddos-guard", "DDoS-Guard asks for a browser"},
	{"checking your browser", "a browser check"},
	{"verify you are human", "a captcha"},
	{"are you a robot", "a captcha"},
	{"captcha", "a captcha"},
	{"before you continue", "a cookie wall"},
	{"consent.google", "a cookie wall"},
	{"cookiewall", "a cookie wall"},
	{"cookie-wall", "a cookie wall"},
	{"consent-wall", "a cookie wall"},
	{"access denied</title>", "access denied"},
	{"enable javascript and cookies", "a browser check"},
}

// goneSigns are parts of the titles, in lower case, of pages that are served with
// status 200 where a story was.
var goneSigns = []string{
	"404", "not found", "page doesn't exist", "page does not exist", "no longer available", "page unavailable",
	"nicht gefunden", "introuvable", "n'existe pas", "no encontrada", "no se encontró", "non trovata", "não encontrada", "niet gevonden",
	"не найдена", "не найден", "не існує", "не знайдено", "찾을 수 없", "존재하지 않", "見つかりません", "存在しません", "找不到", "不存在", "未找到", "bulunamadı",
}

// saysGone reports whether one of a page's titles says that there is no story.
// A story that was listed under such a headline may have it.
func saysGone(listed string, titles ...string) bool {
	return slices.ContainsFunc(titles, func(title string) bool {
		lower := strings.ToLower(title)
		isGone := slices.ContainsFunc(goneSigns, func(sign string) bool { return strings.Contains(lower, sign) })
		return isGone && !sameStory(listed, title)
	})
}

// wallIn names the wall that a page seems to be, "" when it shows no sign.
func wallIn(body []byte) string {
	page := bytes.ToLower(body[:min(len(body), wallSize)])
	for _, w := range wallSigns {
		if bytes.Contains(page, []byte(w.sign)) {
			return w.name
		}
	}
	return ""
}

// errWall marks what came from a wall.
var errWall = errors.New("a wall")

// whatIs says what came instead of the list; it is errWall for a wall.
func whatIs(kind extract.Kind, body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("an empty answer")
	}
	switch {
	case !kind.IsPage():
		return fmt.Errorf("a %s", kind)
	case !looksLikeHTML(body):
		return errors.New("something unknown")
	}
	if wall := wallIn(body); wall != "" {
		return fmt.Errorf("%w (%s)", errWall, wall)
	}
	return errors.New("an HTML page")
}

func looksLikeHTML(body []byte) bool {
	head := strings.ToLower(string(body[:min(len(body), 4<<10)]))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<title", "<div", "<p>"} {
		if strings.Contains(head, tag) {
			return true
		}
	}
	return false
}
