package cluster

// Cluster is what is known of a cluster when a story may join it.
type Cluster struct {
	First  *Sketch // the story that began it
	Newest *Sketch // the story that joined last; nil when none has
}

// mostExamined is how many candidates are compared with a story.
const mostExamined = 12

// Find looks for the cluster that a story joins: the first whose text it carries,
// beginning with the candidates that share most. of returns a cluster by its row,
// nil when it is not known; it is asked once for each. When no cluster fits, the
// verdict is Apart, the cluster nil and the reason that of the nearest one.
func Find(x *TextIndex, s *Sketch, of func(cluster int64) *Cluster) (Decision, *Cluster) {
	var nearest Decision
	asked := map[int64]*Cluster{}
	members := map[int64][]*Sketch{}
	candidates := x.Query(s, mostExamined)
	for _, c := range candidates {
		members[c.Cluster] = append(members[c.Cluster], c.Sketch)
	}
	for _, c := range candidates {
		if _, done := asked[c.Cluster]; done {
			continue
		}
		known := of(c.Cluster)
		asked[c.Cluster] = known
		if known == nil || known.First == nil {
			continue
		}
		others := members[c.Cluster]
		if known.Newest != nil {
			others = append(others, known.Newest)
		}
		d := Join(known.First, others, s)
		if d.Relation.Joins() {
			return d, known
		}
		if nearest.With == nil {
			nearest = d
		}
	}
	return nearest, nil
}
