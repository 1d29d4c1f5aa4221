package order

//| // TODO 4.6: the quiz. Put a letter in place of each "?".

const (
	// Service, object or workflow? What would you make of each of these, in this order:
	// a stock level by sku; the price of a basket; a customer's sign-up with a mail to
	// confirm; one bank account; turning a photo into a thumbnail.
	//   a  object, service, workflow, object, service
	//   b  object, object, workflow, workflow, service
	//   c  workflow, service, object, object, workflow
	AnswerKinds = "a" //stub "?"

	// CreateOrder of o-1 is called twice, a second apart, with the same body. What does the
	// second caller get?
	//   a  the order runs twice, and the card is charged twice
	//   b  an error, 409; the order runs once, and its answer can be had by attaching to it
	//   c  the first one's answer, as soon as that is there
	AnswerOnce = "b" //stub "?"
)
