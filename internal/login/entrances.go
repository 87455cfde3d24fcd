package login

import "slices"

// What is kept of where people came in.
const (
	mostEntered  = mostSessions // names
	mostPlacesOf = 16           // of a name
)

// entrances are the places where somebody came in, by their name, the latest last. A restart
// forgets them.
type entrances map[string][]string

func (e entrances) has(name, place string) bool { return slices.Contains(e[name], place) }

// note remembers a place. When there are too many, the oldest of the name is forgotten; of too many
// names any.
func (e entrances) note(name, place string) {
	for other := range e {
		if _, known := e[name]; known || len(e) < mostEntered {
			break
		}
		delete(e, other)
	}
	all := append(slices.DeleteFunc(e[name], func(p string) bool { return p == place }), place)
	e[name] = all[max(0, len(all)-mostPlacesOf):]
}
