package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/text"
)

// mostRules is how many rules are shown to people.
const mostRules = 100

// printBacktest says what the rules would have found, the busiest rule first.
func printBacktest(out *output, r backtestJSON, o replay.Options) {
	out.say("%s%s, %s: %s in %s", text.Many(r.Stories, "story"), period(r.Report), text.Many(r.Rules, "rule"),
		text.Many(r.Matches, "match"), text.Many(r.Matched, "story"))
	printDisabled(out, o.Rules)
	if r.Diff != nil {
		printDiff(out, r, o.Zone)
		return
	}
	sorted := slices.Clone(r.ByRule)
	slices.SortStableFunc(sorted, func(a, b replay.RuleReport) int { return cmp.Compare(b.Matches, a.Matches) })
	var silent []string
	for i, rule := range sorted {
		if rule.Matches == 0 {
			silent = append(silent, rule.Rule)
			continue
		}
		if i >= mostRules {
			continue
		}
		out.say("\n%s %s%s", out.palette.strong(rule.Rule), text.Many(rule.Matches, "match"), pace(rule, r.From, r.To))
		if len(sorted) == 1 {
			printDays(out, rule.ByDay)
		}
		printSamples(out, "  ", rule.Samples, o.Zone)
	}
	printRest(out, len(sorted)-len(silent))
	if len(silent) > 0 {
		out.say("\nno match: %s", listed(silent, 20))
	}
	if r.News != nil {
		printNews(out, r, o.Zone)
	}
}

// mostNews is how many news are shown to people.
const mostNews = 200

// printNews lists what would have been told as one, in the order of time.
func printNews(out *output, r backtestJSON, zone *time.Location) {
	out.say("\n%s, %s", text.Many(r.Matches, "match"), text.Many(len(r.News), "news"))
	for _, n := range r.News[:min(len(r.News), mostNews)] {
		when := "undated"
		if n.First != nil {
			when = n.First.In(zone).Format("2 Jan 2006 15:04")
		}
		out.say("  %s · %s", when, out.palette.strong(n.Title))
		told := []string{text.Plural(n.Outlets, "outlet")}
		if n.Outlets > 1 {
			told = append(told, fmt.Sprintf("%d independent", n.Independent))
		}
		if n.Copies > 0 {
			told = append(told, text.Plural(n.Copies, "copy"))
		}
		out.say("    %s · %s", strings.Join(told, ", "), out.palette.faint(strings.Join(n.Rules, ", ")))
	}
	if rest := len(r.News) - mostNews; rest > 0 {
		out.say("  and %s more (--format json has them all)", text.Thousands(rest))
	}
}

// period says which days stories are of.
func period(r *replay.Report) string {
	switch r.From {
	case "":
		return ""
	case r.To:
		return " of " + shownDay(r.From)
	default:
		return fmt.Sprintf(" of %s to %s", shownDay(r.From), shownDay(r.To))
	}
}

func shownDay(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.Format("2 Jan 2006")
}

// printDisabled names the rules that were left out.
func printDisabled(out *output, v replay.Version) {
	var names []string
	for _, r := range v.Set.Rules() {
		if r.Disabled {
			names = append(names, r.Name)
		}
	}
	if len(names) > 0 {
		out.say("left out, being disabled (--rule tries one all the same): %s", listed(names, 20))
	}
}

// listed names some, and says how many more there are.
func listed(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %s more", strings.Join(names[:most], ", "), text.Thousands(len(names)-most))
}

// pace describes matches over time: how many a day, and the busiest day.
func pace(r replay.RuleReport, from, to string) string {
	first, err1 := time.Parse(time.DateOnly, from)
	last, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil || from == to {
		return ""
	}
	all := 1 + int(last.Sub(first).Hours()/24)
	busiest := from
	for _, day := range sortedKeys(r.ByDay) {
		if day != replay.Undated && r.ByDay[day] > r.ByDay[busiest] {
			busiest = day
		}
	}
	pace := fmt.Sprintf(", %.1f a day %s", float64(r.Matches)/float64(all), sparkline(r.ByDay, first, all))
	if most := r.ByDay[busiest]; most > 1 {
		pace += fmt.Sprintf(" most on %s: %s", shownDay(busiest), text.Thousands(most))
	}
	return pace
}

// sparkline draws the matches of all days in at most 40 signs.
func sparkline(byDay map[string]int, first time.Time, days int) string {
	const signs, width = "▁▂▃▄▅▆▇█", 40
	perSign := (days + width - 1) / width
	sums := make([]int, (days+perSign-1)/perSign)
	for i := range days {
		sums[i/perSign] += byDay[first.AddDate(0, 0, i).Format(time.DateOnly)]
	}
	most, line := max(1, slices.Max(sums)), ""
	for _, n := range sums {
		if n == 0 {
			line += " "
			continue
		}
		line += string([]rune(signs)[(n*8-1)/most])
	}
	return "[" + line + "]"
}

// printDays draws a bar for each day with a match.
func printDays(out *output, byDay map[string]int) {
	const width = 40
	most := 0
	for _, n := range byDay {
		most = max(most, n)
	}
	for _, day := range sortedKeys(byDay) {
		n := byDay[day]
		out.say("  %11s %6s %s", shownDay(day), text.Thousands(n), out.palette.faint(strings.Repeat("█", (n*width+most-1)/most)))
	}
}

// printSamples shows stories with the words found in them, and when they were
// published, in the zone of the days.
func printSamples(out *output, indent string, samples []replay.Sample, zone *time.Location) {
	for _, s := range samples {
		var parts []string
		if s.Published != nil {
			parts = append(parts, s.Published.In(zone).Format("2 Jan 2006 15:04"))
		}
		for _, part := range []string{s.Source, orNone(s.Title)} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		out.say("%s%s", indent, strings.Join(parts, " · "))
		for _, line := range s.Shown {
			out.say("%s  %s", indent, out.palette.faint(line))
		}
		for _, f := range s.Failed {
			out.say("%s  %s %s", indent, out.palette.mark(false), f)
		}
	}
}

// printDiff says what the other rules would find instead.
func printDiff(out *output, r backtestJSON, zone *time.Location) {
	d := r.Diff
	out.say("with %s, %s: %s in %s", r.Other, text.Many(d.Rules, "rule"),
		text.Many(d.Matches, "match"), text.Many(r.Matched+d.StoriesGained-d.StoriesLost, "story"))
	out.say("difference: %s matches; %s stories with any match", plusMinus(out, d.Gained, d.Lost), plusMinus(out, d.StoriesGained, d.StoriesLost))
	if len(d.ByRule) == 0 {
		out.say("%s no difference", out.palette.mark(true))
	}
	for _, rule := range d.ByRule[:min(len(d.ByRule), mostRules)] {
		out.say("\n%s %s%s", out.palette.strong(rule.Rule), plusMinus(out, rule.Gained, rule.Lost), changed(rule))
		if len(rule.GainedSamples) > 0 {
			out.say("  %s", out.palette.good("new:"))
			printSamples(out, "    ", rule.GainedSamples, zone)
		}
		if len(rule.LostSamples) > 0 {
			out.say("  %s", out.palette.bad("lost:"))
			printSamples(out, "    ", rule.LostSamples, zone)
		}
	}
	printRest(out, len(d.ByRule))
}

// printRest says how many rules were not shown.
func printRest(out *output, rules int) {
	if rules > mostRules {
		out.say("\nand %s more (--format json has them all)", text.Many(rules-mostRules, "rule"))
	}
}

func changed(r replay.RuleDiff) string {
	switch r.Change {
	case replay.Renamed:
		return " (renamed, was " + r.Was + ")"
	case "":
		return ""
	default:
		return " (rule " + string(r.Change) + ")"
	}
}

// plusMinus writes what was gained and lost.
func plusMinus(out *output, gained, lost int) string {
	plus, minus := "+"+text.Thousands(gained), "−"+text.Thousands(lost)
	if gained > 0 {
		plus = out.palette.good(plus)
	}
	if lost > 0 {
		minus = out.palette.bad(minus)
	}
	return plus + ", " + minus
}
