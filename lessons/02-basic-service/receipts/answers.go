package receipts

// TODO 2.5: the quiz. Put a letter in place of each "?".

const (
	// Request gives Compose an error. What does Compose know now?
	//   a  the network failed, or Pricing was down: it should ask again, in a loop
	//   b  Quote has ended with a no that is final: to ask again is pointless
	//   c  nothing for sure: Quote may still be trying
	AnswerError = "?"

	// Your program, both services in it, is killed while Quote waits for the warehouse,
	// and is started again. Then Compose answers. How often was Quote called?
	//   a  never: the price was in Compose's journal
	//   b  twice: Compose ran again from its first line, and so made its call again
	//   c  once: the call is in Compose's journal, and Quote was run again for it
	AnswerKilled = "?"
)
