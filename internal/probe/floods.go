package probe

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// floodsWithin is how long is looked for floods.
const floodsWithin = 10 * time.Second

// Floods warns of the changed rules of a config that would have taken very many stories of the
// last days, by what its store keeps. The error says why that could not be found out.
func Floods(ctx context.Context, cfg *config.Config) (all config.Mistakes, err error) {
	if len(cfg.Definition.Rules) == 0 { // it asks for no archive
		return nil, nil
	}
	bounded, cancel := context.WithTimeout(ctx, floodsWithin)
	defer cancel()
	floods, err := app.Foresee(bounded, cfg)
	for _, flood := range floods {
		for i, r := range cfg.Definition.Rules {
			if r.Name != flood.Rule {
				continue
			}
			m := cfg.Warning(fmt.Sprintf("rules[%d]", i), "narrow the rule; copytaster backtest shows what it would have taken", "%s", flood)
			if strings.HasPrefix(m.File, "pack:") { // nobody here can mend a pack
				m.Hint = "give it another rule of its name, or enabled: false"
			}
			all = append(all, m)
			break
		}
	}
	return all, err
}
