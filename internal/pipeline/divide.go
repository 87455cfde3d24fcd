package pipeline

import (
	"context"

	"github.com/copytaster/copytaster/internal/pipeline/alert"
)

// What people say of stories.

func (p *Pipeline) divider(name string) alert.Divider {
	return alert.Divider{Recorder: alert.NewRecorder(p.index, p.Plan(), p.Now()), Name: name}
}

// NotSame takes a story out of its news, as alert.Divider does.
func (p *Pipeline) NotSame(ctx context.Context, story int64, by string) (alert.Parted, error) {
	return p.divider(by).NotSame(ctx, story)
}

// Same undoes NotSame.
func (p *Pipeline) Same(ctx context.Context, story int64, by string) (alert.Parted, error) {
	return p.divider(by).Same(ctx, story)
}
