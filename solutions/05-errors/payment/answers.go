package payment

//| // TODO 5.7: the quiz. Put a letter in place of each "?".

const (
	// The gateway does not answer within the time limit. Was the card charged?
	//   a  no: without an answer there is no charge
	//   b  perhaps: ask again with the same key, or ask what became of it
	//   c  yes, and the answer is on its way: wait longer
	AnswerTimeout = "b" //stub "?"

	// A step without retry options returns an error that is not terminal, every time. What
	// does Restate do by default?
	//   a  it tries for ever, and the caller waits
	//   b  after 70 attempts, more than an hour, it gives the caller the error
	//   c  after 70 attempts, more than an hour, it pauses; the caller still waits, and the
	//      object's key is still taken
	AnswerSeventy = "c" //stub "?"

	// err is a terminal error with code 402. What is fmt.Errorf("charge: %w", err)?
	//   a  still terminal, with code 402
	//   b  an error like any other: it is retried
	//   c  terminal, with code 500
	AnswerWrapping = "a" //stub "?"
)
