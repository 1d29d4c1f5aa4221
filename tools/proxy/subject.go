package proxy

import (
	"bytes"
	"regexp"
	"strings"
)

var orderInInput = regexp.MustCompile(`"order_id" *: *"([^"\\]{1,64})"`)

// Subject returns the id of the order that an attempt belongs to. The object keys of the shop
// contain the order's id, and the input of a call without a key names the order. If there is no
// such order, Subject returns the invocation's id.
func (a *Attempt) Subject() string {
	if a.Key != "" {
		return SubjectOfKey(a.Key)
	}
	if m := orderInInput.FindSubmatch(a.Input); m != nil {
		return string(m[1])
	}
	return a.Invocation
}

// SubjectOfKey returns the order id that an object key contains. If the key contains none,
// SubjectOfKey returns the key itself.
func SubjectOfKey(key string) string {
	for _, prefix := range []string{"pay-", "ship-"} {
		if id, ok := strings.CutPrefix(key, prefix); ok {
			return id
		}
	}
	return key
}

// IsAbout reports whether an attempt's key contains a name, or whether its input has the name as a
// string. Learners choose their own keys, so IsAbout can be wrong.
func (a *Attempt) IsAbout(name string) bool {
	return IsKeyOf(a.Key, name) || bytes.Contains(a.Input, []byte(`"`+name+`"`))
}

// IsKeyOf reports whether a key is the name, or ends with it, as pay-o-1 ends with o-1.
func IsKeyOf(key, name string) bool { return key == name || strings.HasSuffix(key, "-"+name) }
