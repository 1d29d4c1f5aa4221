package proxy

import (
	"bytes"
	"regexp"
	"strings"
)

var orderInInput = regexp.MustCompile(`"order_id" *: *"([^"\\]{1,64})"`)

// Subject returns the order that an attempt is about: the shop's objects have keys
// that are made of the order's id, and the input of a call without a key names the order.
// If there is no such order, Subject returns the invocation's id.
func (a *Attempt) Subject() string {
	if a.Key != "" {
		return SubjectOfKey(a.Key)
	}
	if m := orderInInput.FindSubmatch(a.Input); m != nil {
		return string(m[1])
	}
	return a.Invocation
}

// SubjectOfKey returns the order whose id an object key is made of, else the key itself.
func SubjectOfKey(key string) string {
	for _, prefix := range []string{"pay-", "ship-"} {
		if id, ok := strings.CutPrefix(key, prefix); ok {
			return id
		}
	}
	return key
}

// IsAbout reports whether an attempt's key is made of a name, or its input has the
// name as a string. Learners choose their own keys, so IsAbout cannot be more certain.
func (a *Attempt) IsAbout(name string) bool {
	return IsKeyOf(a.Key, name) || bytes.Contains(a.Input, []byte(`"`+name+`"`))
}

// IsKeyOf reports whether a key is a name, or is made of it as pay-o-1 is of o-1.
func IsKeyOf(key, name string) bool { return key == name || strings.HasSuffix(key, "-"+name) }
