// Package text has the examples of the lesson's page. No task uses them.
package text

import (
	"context"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/admin"
)

// Look returns which deployments Restate knows.
func Look(ctx context.Context, api *admin.Client) ([]string, error) {
	//snip query
	var rows []struct {
		ID      string `json:"id"`
		Address string `json:"endpoint"`
	}
	err := api.Query(ctx, "SELECT id, endpoint FROM sys_deployment", &rows)
	//snip end
	var all []string
	for _, r := range rows {
		all = append(all, r.ID+" "+r.Address)
	}
	return all, err
}

// BytesOf returns what an object has stored under a name.
func BytesOf(ctx restate.ObjectSharedContext) ([]byte, error) {
	//snip bytes
	value, err := restate.Get[[]byte](ctx, "note", restate.WithBinary)
	if err != nil {
		return nil, err
	}
	if len(value) == 0 {
		return nil, nil // nobody has stored a note
	}
	//snip end
	return value, nil
}
