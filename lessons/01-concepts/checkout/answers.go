package checkout

// TODO 1.1: Naive is killed after the card was charged and before Naive calls
// outside.Mail. Then the same command is run again. Replace each -1 with your guess.

const (
	GuessCharges = -1 // how many times is the card charged?
	GuessMails   = -1 // how many emails are sent?
)

// TODO 1.5: the quiz. Replace each "?" with a letter.

const (
	// Place is killed while its step "mail" runs. Restate calls Place again. Which
	// code runs a second time?
	//   a  only the step "mail", because it had not finished
	//   b  the whole handler from its first line, except the functions of finished steps
	//   c  the whole handler, including the functions of all steps
	AnswerReplay = "?"

	// A gateway ignores idempotency keys. How many charges can a step guarantee?
	//   a  exactly one, because Restate runs each step exactly once
	//   b  at least one, or at most one: you choose which risk you accept
	//   c  none: you cannot use such a gateway
	AnswerNoKeys = "?"
)
