package sandbox

// state is computed only from the entries of the ledger, one after the other: when an entry is
// written, and when the file is read at the start.
type state struct {
	kept         map[slot]Entry    // the final answer to each key
	rollCounts   map[string]int    // how many rolls a key or an order has had
	effectCounts map[slot]int      // how many effects without a key a subject has
	orders       map[string]string // the order of a charge, by its key
}

// slot identifies an answer or a counter by kind and key or subject.
type slot struct {
	kind Kind
	name string
}

func newState() state {
	return state{map[slot]Entry{}, map[string]int{}, map[slot]int{}, map[string]string{}}
}

// addRequest updates the state with a request.
func (s state) addRequest(e Entry) {
	if e.Kind == Charge && e.Key != "" {
		s.orders[e.Key] = e.Subject
	}
}

// addOutcome updates the state with the outcome of a request. It is called once for
// each request, with the entry for which isFirstOutcome is true.
func (s state) addOutcome(e Entry) {
	if e.Roll != nil {
		s.rollCounts[e.rollKey()]++
	}
	if e.Key == "" && e.What == Effect {
		s.effectCounts[slot{e.Kind, e.Subject}]++
	}
	if e.Key != "" && isFinal(e.Status) {
		s.kept[slot{e.Kind, e.Key}] = e
	}
}

// subjectOf returns the order of the charge with a key. If there is no such charge, subjectOf
// returns the key.
func (s state) subjectOf(key string) string {
	if order, ok := s.orders[key]; ok {
		return order
	}
	return key
}

// newID returns an id for the effect of a request. For each kind, a key has at most one effect.
// Effects without a key are counted by subject.
func (s state) newID(prefix string, request Entry) string {
	if request.Key != "" {
		return hashName(prefix, request.Kind, "key", request.Key)
	}
	return hashName(prefix, request.Kind, "subject", request.Subject, s.effectCounts[slot{request.Kind, request.Subject}]+1)
}

// rollKey returns the name under which the rolls of an entry are counted.
func (e Entry) rollKey() string {
	if e.Key != "" {
		return e.Key
	}
	return e.Subject
}

// isFinal reports whether an answer with this status is kept.
func isFinal(status int) bool {
	return status == 200 || status == 402 || status == 422
}
