package rules_test

import (
	"testing"

	"github.com/copytaster/copytaster/config"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/prometheus/client_golang/prometheus" // breaks third party: github.com/prometheus/client_golang/prometheus belongs to internal/metrics
	_ "go.yaml.in/yaml/v4"
)

func TestRules(t *testing.T) { _ = config.Config{} }
