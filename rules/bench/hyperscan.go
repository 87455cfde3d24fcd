//go:build hyperscan

package main

/*
#cgo pkg-config: libhs
#include <hs.h>
#include <stdlib.h>

struct engine {
	hs_database_t *db;
	hs_scratch_t *scratch;
	unsigned *found, n, size;
};

static int note(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
	struct engine *e = context;
	if (e->n < e->size) e->found[e->n++] = id;
	return 0;
}

static int build(struct engine *e, const char *all, const unsigned *starts, unsigned n, const char **why) {
	const char **expressions = malloc(n * sizeof *expressions);
	size_t *lengths = malloc(n * sizeof *lengths);
	unsigned *flags = malloc(n * sizeof *flags), *ids = malloc(n * sizeof *ids);
	for (unsigned i = 0; i < n; i++) {
		expressions[i] = all + starts[i];
		lengths[i] = starts[i + 1] - starts[i];
		flags[i] = HS_FLAG_SINGLEMATCH;
		ids[i] = i;
	}
	hs_compile_error_t *error = NULL;
	int result = hs_compile_lit_multi(expressions, flags, ids, lengths, n, HS_MODE_BLOCK, NULL, &e->db, &error);
	free(expressions);
	free(lengths);
	free(flags);
	free(ids);
	if (result != HS_SUCCESS) {
		*why = error->message;
		return result;
	}
	e->size = n;
	e->found = malloc(n * sizeof *e->found);
	return hs_alloc_scratch(e->db, &e->scratch);
}

static void scan(struct engine *e, const char *text, unsigned n) {
	e->n = 0;
	hs_scan(e->db, text, n, 0, e->scratch, note, e);
}

static size_t size(struct engine *e) {
	size_t db = 0, scratch = 0;
	hs_database_size(e->db, &db);
	hs_scratch_size(e->scratch, &scratch);
	return db + scratch + e->size * sizeof *e->found;
}

static void release(struct engine *e) {
	hs_free_scratch(e->scratch);
	hs_free_database(e->db);
	free(e->found);
	free(e);
}
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// peersInC are measured with -tags hyperscan, after
// apt-get install libhyperscan-dev pkg-config g++.
func peersInC() []engine {
	return []engine{{name: "hyperscan", prepare: prepareHyperscan}}
}

func prepareHyperscan(set ruleSet) builder {
	return literals(set, func(phrases []string) (finder, error) {
		e, err := newHyperscan(phrases)
		if err != nil {
			return finder{}, err
		}
		find := func(words []byte, see func(uint32)) {
			C.scan(e, (*C.char)(unsafe.Pointer(&words[0])), C.uint(len(words)))
			for _, phrase := range unsafe.Slice((*uint32)(unsafe.Pointer(e.found)), int(e.n)) {
				see(phrase)
			}
		}
		return finder{find: find, outside: int64(C.size(e)), close: func() { C.release(e) }}, nil
	})
}

func newHyperscan(phrases []string) (*C.struct_engine, error) {
	var all []byte
	starts := []C.uint{0}
	for _, p := range phrases {
		all = append(all, p...)
		starts = append(starts, C.uint(len(all)))
	}
	flat := C.CBytes(all)
	defer C.free(flat)
	e := (*C.struct_engine)(C.calloc(1, C.sizeof_struct_engine))
	var why *C.char
	if code := C.build(e, (*C.char)(flat), &starts[0], C.uint(len(phrases)), &why); code != C.HS_SUCCESS {
		return nil, fmt.Errorf("compile for hyperscan: code %d: %s", int(code), C.GoString(why))
	}
	return e, nil
}
