package news

import "time"

// Fallback is who is told of an alert that nobody answers.
type Fallback struct {
	After    time.Duration // since the alert was posted; 0: nobody is told
	To       []string      // channels, without "#"
	Mentions []string      // people and groups, as configured
}

// Sooner returns the fallback that comes first of two. One that tells nobody never comes.
func (f Fallback) Sooner(o Fallback) Fallback {
	if f.After == 0 || o.After != 0 && o.After < f.After {
		return o
	}
	return f
}
