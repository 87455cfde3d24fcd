package pipeline

import (
	"context"

	"github.com/copytaster/copytaster/internal/pipeline/alert"
)

// What people say of stories.

func (p *Pipeline) person(name string) alert.Person {
	return alert.Person{Recorder: alert.NewRecorder(p.index, p.Plan(), p.Now()), Name: name}
}

// NotSame takes a story out of its news, as alert.Person does.
func (p *Pipeline) NotSame(ctx context.Context, story int64, by string) (alert.Parted, error) {
	return p.person(by).NotSame(ctx, story)
}

// Same undoes NotSame.
func (p *Pipeline) Same(ctx context.Context, story int64, by string) (alert.Parted, error) {
	return p.person(by).Same(ctx, story)
}
