package cart

//| // TODO 3.5: the quiz. Put a letter in place of each "?".

const (
	// Add wants to answer with what View says, and so it calls View on its own key,
	// through Restate, and waits. View has an ObjectContext, as in the stub. What happens?
	//   a  View answers: it is the same cart, and the caller is the one that has it
	//   b  neither ever ends: View waits for the key, and Add has the key and waits for View
	//   c  Restate sees the circle, and Add gets an error
	AnswerSelf = "b" //stub "?"

	// A handler sets "status" to "SHIPPED", and then its next step ends with a terminal
	// error, which the handler returns. What is "status" now?
	//   a  what it was before: the handler failed, so its writes are taken back
	//   b  "SHIPPED"
	//   c  "SHIPPED" until the object's next handler begins, then what it was before
	AnswerState = "b" //stub "?"
)
