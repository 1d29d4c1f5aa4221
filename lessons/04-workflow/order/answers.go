package order

// TODO 4.6: answer the quiz. Replace each "?" by a letter.

const (
	// Which kind of service fits each of these five, in this sequence: the stock level of
	// a SKU; the price of a basket; a customer's sign-up, which waits until the customer
	// clicks a link in an email; one bank account; making a thumbnail of a photo?
	//   a  object, service, workflow, object, service
	//   b  object, object, workflow, workflow, service
	//   c  workflow, service, object, object, workflow
	AnswerKinds = "?"

	// Two callers call CreateOrder of o-1 with /restate/call/, a second apart, with the
	// same body. What does the second caller get?
	//   a  the answer of a second run; the card is charged twice
	//   b  an error, 409; the order runs once, and a caller can attach to get its answer
	//   c  the answer of the first call, as soon as that call has ended
	AnswerOnce = "?"
)
