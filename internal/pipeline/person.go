package pipeline

import (
	"context"

	"github.com/copytaster/copytaster/internal/pipeline/alert"
)

// What people say of stories.

// NotSame takes a story out of its news, as alert.Recorder does.
func (p *Pipeline) NotSame(ctx context.Context, story int64, by string) (alert.Parted, error) {
	return alert.NewRecorder(p.index, p.Plan(), p.Now()).NotSame(ctx, story, by)
}

// Same undoes NotSame.
func (p *Pipeline) Same(ctx context.Context, story int64, by string) (alert.Parted, error) {
	return alert.NewRecorder(p.index, p.Plan(), p.Now()).Same(ctx, story, by)
}
