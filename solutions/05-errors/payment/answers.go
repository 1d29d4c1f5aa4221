package payment

//| // TODO 5.7: put a letter in place of each "?".

const (
	// The gateway does not answer within the time limit. Was the card charged?
	//   a  no: without an answer there is no charge
	//   b  perhaps: send the request again with the same key, or look the key up
	//   c  yes: the answer is late, so wait longer
	AnswerTimeout = "b" //stub "?"

	// A step without retry options always returns an error that is not terminal. What does
	// Restate do by default?
	//   a  Restate retries forever, and the caller waits
	//   b  after 70 attempts, in more than an hour, the caller gets the error
	//   c  after 70 attempts, in more than an hour, the invocation is paused; the caller
	//      still waits, and no other call can use the object key
	AnswerSeventy = "c" //stub "?"

	// err is a terminal error with code 402. Which kind of error does
	// fmt.Errorf("charge: %w", err) return?
	//   a  a terminal error with code 402
	//   b  a retryable error
	//   c  a terminal error with code 500
	AnswerWrapping = "a" //stub "?"
)
