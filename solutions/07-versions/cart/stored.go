package cart

import (
	//task 7.5
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	//end
	restate "github.com/restatedev/sdk-go"
)

// stored returns the contents of the cart. Version 1 or version 2 has stored them.
func stored(ctx restate.ObjectSharedContext) (Contents, error) {
	//| // TODO 7.5: Get panics if version 1 has stored the contents. Read the bytes instead:
	//| // restate.Get[[]byte](ctx, "contents", restate.WithBinary). Decode either shape, and
	//| // refuse any other with a terminal error.
	//| return restate.Get[Contents](ctx, "contents")
	//task 7.5
	value, err := restate.Get[[]byte](ctx, "contents", restate.WithBinary)
	if err != nil || len(value) == 0 {
		return Contents{}, err
	}
	var contents Contents
	if decode(value, &contents) == nil {
		return contents, nil
	}
	var old oldContents
	if decode(value, &old) == nil {
		return old.convert(), nil
	}
	return Contents{}, restate.ToTerminalError(errors.New("the contents of the cart have an unknown shape"))
	//end
}

//task 7.5

// decode decodes JSON, and refuses a field that the type does not have.
func decode(value []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(value))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// convert returns the contents in the shape of version 2.
func (old oldContents) convert() Contents {
	c := Contents{TotalCents: old.AmountCents}
	for sku, n := range old.Items {
		c.Lines = append(c.Lines, Line{SKU: sku, Quantity: n})
	}
	slices.SortFunc(c.Lines, func(a, b Line) int { return cmp.Compare(a.SKU, b.SKU) })
	return c
}

//end
