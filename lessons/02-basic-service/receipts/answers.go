package receipts

// TODO 2.5: the quiz. Replace each "?" with a letter.

const (
	// Request returns an error to Compose. What does Compose know now?
	//   a  the network failed, or Pricing was down: Compose should call again, in a loop
	//   b  Quote has ended with a terminal error: calling again is pointless
	//   c  nothing for sure: Restate may still be retrying Quote
	AnswerError = "?"

	// Your program has both services. The program is killed while Quote waits for the
	// warehouse, and is started again. Then Compose answers. How many times was Quote
	// called?
	//   a  never: the price was in Compose's journal
	//   b  twice: Compose ran again from its first line, so it called again
	//   c  once: the call is in Compose's journal, and Quote got a second attempt
	AnswerKilled = "?"
)
