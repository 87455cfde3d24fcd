package rules

import (
	"testing"

	"github.com/copytaster/copytaster/config" // breaks imports: rules may not import config
)

func TestInside(t *testing.T) { _ = config.Config{} }
