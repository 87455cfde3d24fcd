package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/probe"
	"github.com/copytaster/copytaster/internal/text"
)

// find returns the path of the config file. When no flag named it, it is noted on
// err.
func (t *tool) find() (string, error) {
	path, err := config.Find(t.configFlag, t.env)
	if err != nil {
		return "", withHint(err, "name one with -c, or let `copytaster init` write one; `copytaster demo` needs none")
	}
	if t.configFlag == "" {
		t.note("config: %s", path)
	}
	return path, nil
}

// load loads the config. uses are the parts that are used, none means all of them.
// Mistakes are printed; the error counts them.
func (t *tool) load(uses ...config.Use) (*config.Config, error) {
	path, err := t.find()
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(path, t.env, uses...)
	if err == nil {
		t.inZone(cfg)
		return cfg, nil
	}
	return nil, t.complain(path, err)
}

// complain prints the mistakes of a config and returns an error that counts them.
func (t *tool) complain(path string, err error) error {
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) {
		return err
	}
	t.block(mistakes.Errors().Error())
	return withHint(fmt.Errorf("load config %s: %s", path, text.Plural(len(mistakes.Errors()), "mistake")),
		"`copytaster check` looks at it again")
}

// inForce returns the config that a command about the work of the daemon goes
// by: see app.InForce. One line on err says what is wrong with the files.
func (t *tool) inForce(ctx context.Context) (*config.Config, error) {
	path, err := t.find()
	if err != nil {
		return nil, err
	}
	cfg, wrong := app.InForce(ctx, t.logger(slog.LevelError), path, t.env)
	switch {
	case cfg == nil:
		return nil, t.complain(path, wrong)
	case wrong != nil:
		t.note("the config on disk is wrong, the last good one is used: %s", probe.InShort(wrong))
	}
	t.inZone(cfg)
	return cfg, nil
}

// isWhole reports whether a config was loaded. Else it holds only where its daemon
// is found: see app.InForce.
func isWhole(cfg *config.Config) bool { return cfg.Rules != nil }

// require fails when the parts that are used lack something outside the config's
// files, such as a secret. It prints what.
func (t *tool) require(cfg *config.Config, uses ...config.Use) error {
	if err := missing(cfg, uses...); err != nil {
		return t.complain(cfg.Path, err)
	}
	return nil
}

// missing returns an error when the parts that are used lack something outside the
// config's files.
func missing(cfg *config.Config, uses ...config.Use) error {
	if !isWhole(cfg) && cfg.Storage == "" && slices.Contains(uses, config.UseStorage) {
		return errors.New("open store: which one it is cannot be told as long as the config is wrong")
	}
	return cfg.Require(uses...)
}

// unknownName returns the error that nothing of a kind has a name. Its hint is the
// name that was most likely meant, else where the names are listed.
func unknownName(kind, name string, known []string, where string) error {
	for _, k := range known {
		if strings.EqualFold(k, name) {
			where = "did you mean `" + k + "`?"
		}
	}
	return withHint(usage("there is no %s %q", kind, name), "%s", cmp.Or(config.DidYouMean(name, known), where))
}

// crawlAtHand returns the config's settings for crawling, and its sources. Without
// a config it returns polite settings and no sources: people look for sources
// before they set anything up.
func (t *tool) crawlAtHand() (config.Crawl, []news.Source, error) {
	if _, err := config.Find(t.configFlag, t.env); err != nil {
		return config.Crawl{HostInterval: time.Second}, nil, nil //nolint:nilerr // see above
	}
	path, err := t.find()
	if err != nil {
		return config.Crawl{}, nil, err
	}
	crawl, sources, err := config.CrawlOf(path, t.env)
	if err != nil {
		return crawl, nil, t.complain(path, err)
	}
	return crawl, sources, nil
}

// crawlSettings returns the settings of crawlAtHand.
func (t *tool) crawlSettings() (config.Crawl, error) {
	crawl, _, err := t.crawlAtHand()
	return crawl, err
}

// completeRules offers the names of rules to the shell.
func (t *tool) completeRules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if cfg := t.quietConfig(); cfg != nil {
		names = ruleNames(cfg.Rules.Rules())
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// quietConfig loads the config for shell completion, which must print nothing. It
// returns nil when that fails.
func (t *tool) quietConfig() *config.Config {
	path, err := config.Find(t.configFlag, t.env)
	if err != nil {
		return nil
	}
	cfg, err := config.Load(path, t.env, config.UseRules)
	if err != nil {
		return nil
	}
	return cfg
}

// completeSources offers the names of sources to the shell.
func (t *tool) completeSources(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if cfg := t.quietConfig(); cfg != nil {
		names = sourceNames(cfg)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
