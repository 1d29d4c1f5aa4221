package cart

//| // TODO 3.5: the quiz. Put a letter in place of each "?".

const (
	// Add calls View on its own object key, through Restate, and waits for the answer.
	// View has an ObjectContext, as in the stub. What happens?
	//   a  View answers, because its caller already has the object key
	//   b  neither ever ends: View waits for the key, and Add has the key and waits for View
	//   c  Restate detects the deadlock, and Add gets an error
	AnswerSelf = "b" //stub "?"

	// A handler sets "status" to "SHIPPED". Then its next step ends with a terminal error,
	// which the handler returns. What is "status" now?
	//   a  the value from before: the handler failed, so Restate undoes its writes
	//   b  "SHIPPED"
	//   c  "SHIPPED" until the object's next handler begins, then the value from before
	AnswerState = "b" //stub "?"
)
