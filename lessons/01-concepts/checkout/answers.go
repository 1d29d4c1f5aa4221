package checkout

// TODO 1.1: Naive is killed after the gateway's yes and before it asks for the
// mail; then the same command is run again. Put your guess in place of each -1.

const (
	GuessCharges = -1 // how often is the card charged?
	GuessMails   = -1 // how often is the mail sent?
)

// TODO 1.5: the quiz. Put a letter in place of each "?".

const (
	// Place is killed while the mail is on its way, and run again. Which part of
	// its code runs a second time?
	//   a  only the mail step, the one that had not finished
	//   b  all of it from the first line, except the functions inside finished steps
	//   c  all of it, with every effect
	AnswerReplay = "?"

	// A gateway ignores idempotency keys. What can a step give you then?
	//   a  exactly one charge: Restate runs each step exactly once
	//   b  at least one charge or at most one: you choose, and live with the other risk
	//   c  nothing; such a gateway cannot be used
	AnswerNoKeys = "?"
)
