package answers_test

import (
	"os"
	"testing"

	"github.com/copytaster/copytaster/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
