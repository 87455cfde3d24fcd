package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/copytaster/copytaster/internal/store/storetest"
)

// The scripts of testdata/import have a database of their own ($POSTGRES).
func TestImportPostgres(t *testing.T) {
	testscript.Run(t, params("testdata/import", map[string]string{"POSTGRES": storetest.NewPostgres(t)}))
}
