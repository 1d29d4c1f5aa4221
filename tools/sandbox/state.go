package sandbox

// state is what the ledger amounts to. It is made from entries alone, one by
// one, whether they happen now or are read back.
type state struct {
	kept   map[slot]Entry    // the final answer to each key
	rolls  map[string]int    // rolls thrown, by key or order
	made   map[slot]int      // effects without a key, by subject
	orders map[string]string // the order that a charge's key came with
}

type slot struct {
	kind Kind
	name string
}

func newState() state {
	return state{map[slot]Entry{}, map[string]int{}, map[slot]int{}, map[string]string{}}
}

// arrived notes a request.
func (s state) arrived(e Entry) {
	if e.Kind == Charge && e.Key != "" {
		s.orders[e.Key] = e.Subject
	}
}

// settled notes what became of a request. It is called once for each, with its
// fresh entry.
func (s state) settled(e Entry) {
	if e.Roll != nil {
		s.rolls[e.roller()]++
	}
	if e.Key == "" && e.What == Effect {
		s.made[slot{e.Kind, e.Subject}]++
	}
	if e.Key != "" && final(e.Status) {
		s.kept[slot{e.Kind, e.Key}] = e
	}
}

// subjectOf is the order that key came with, or the key where none did.
func (s state) subjectOf(key string) string {
	if order, ok := s.orders[key]; ok {
		return order
	}
	return key
}

// newID names the effect that ask is about to have. A key has one effect of a
// kind at most; without a key they are counted by subject.
func (s state) newID(prefix string, ask Entry) string {
	if ask.Key != "" {
		return name(prefix, ask.Kind, "key", ask.Key)
	}
	return name(prefix, ask.Kind, "subject", ask.Subject, s.made[slot{ask.Kind, ask.Subject}]+1)
}

// roller is what an entry's rolls are counted by.
func (e Entry) roller() string {
	if e.Key != "" {
		return e.Key
	}
	return e.Subject
}

// final says that an answer with this status is kept.
func final(status int) bool {
	return status == 200 || status == 402 || status == 422
}
