package main

import (
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/internal/cluster"
)

// printStream plays the wire as if every story matched, and prints what joins,
// for people to judge.
func printStream(out *strings.Builder, last int) error {
	wire, err := readWire()
	if err != nil {
		return err
	}
	var k cluster.Sketcher
	index := cluster.NewTextIndex()
	known := map[int64]*cluster.Cluster{}
	of := func(id int64) *cluster.Cluster {
		c := known[id]
		if c.First.Rarity == nil {
			c.First.Rarity = rarityOf(wire[c.First.Story-1], wire)
		}
		return c
	}
	for i, s := range wire {
		if s.ID = int64(i + 1); i < len(wire)-last {
			continue
		}
		sketch := k.Sketch(s)
		index.Expire(s.FirstSeen.Add(-cluster.Window))
		d, at := cluster.Find(index, sketch, of)
		if at != nil {
			sketch.Cluster, sketch.Indirect, at.Newest = at.First.Cluster, d.With != at.First, sketch
			fmt.Fprintf(out, "%s: %s (%s)\n\t%s (%s)\n\t%s: %s\n", d.Relation, wire[d.With.Story-1].Title, wire[d.With.Story-1].URL,
				s.Title, s.URL, d.Why.Rule, d.Why)
		} else {
			sketch.Cluster = int64(i)
			known[sketch.Cluster] = &cluster.Cluster{First: sketch}
		}
		index.Add(sketch)
	}
	return nil
}
