package news

// OnlySourceOn returns the source that lists on the host of a link. ok is false
// when there is none, or more than one.
func OnlySourceOn(sources []Source, link string) (src Source, ok bool) {
	host := Host(link)
	if host == "" {
		return Source{}, false
	}
	for i := range sources {
		switch {
		case Host(sources[i].URL) != host:
		case ok:
			return Source{}, false
		default:
			src, ok = sources[i], true
		}
	}
	return src, ok
}
