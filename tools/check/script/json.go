package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Holds reports whether the answer has everything that is in want. Objects may have more
// fields, and null stands for a field that is not there; everything else must be equal.
func Holds(got, want []byte) (bool, error) {
	var w any
	if err := decode(want, &w); err != nil {
		return false, fmt.Errorf("the script's JSON: %w", err)
	}
	var g any
	if err := decode(got, &g); err != nil {
		return false, nil
	}
	return isWithin(g, w), nil
}

func decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(v)
}

// isWithin reports whether got has everything that want has.
func isWithin(got, want any) bool {
	w, ok := want.(map[string]any)
	if !ok {
		if list, ok := want.([]any); ok {
			return eachWithin(got, list)
		}
		return reflect.DeepEqual(got, want)
	}
	g, ok := got.(map[string]any)
	if !ok {
		return false
	}
	for k, v := range w {
		if gv, ok := g[k]; !ok && v != nil || !isWithin(gv, v) {
			return false
		}
	}
	return true
}

func eachWithin(got any, want []any) bool {
	g, ok := got.([]any)
	if !ok || len(g) != len(want) {
		return false
	}
	for i := range want {
		if !isWithin(g[i], want[i]) {
			return false
		}
	}
	return true
}
