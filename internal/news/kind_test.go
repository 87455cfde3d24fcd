package news

import "testing"

func TestKinds(t *testing.T) {
	seen := map[SourceKind]bool{}
	for _, k := range Kinds() {
		if k.Name == "" || k.About == "" || k.Barren == "" || seen[k.Name] {
			t.Errorf("the row of %q is not whole, or comes twice: %+v", k.Name, k)
		}
		if k.Name.Traits() != k || k.Name.Barren() != k.Barren {
			t.Errorf("%s: %+v", k.Name, k.Name.Traits())
		}
		seen[k.Name] = true
	}
	if unknown := SourceKind("video").Traits(); unknown != (Kind{Name: "video"}) {
		t.Errorf("an unknown kind has %+v", unknown)
	}
}
