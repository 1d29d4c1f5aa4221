// Package client places orders through any of several nodes.
package client

import (
	"context"
	"time"

	"example.com/workbook/lessons/shop/todo"
)

// Client places orders. Each node of the cluster takes every request.
type Client struct {
	Nodes []string      // the addresses of the nodes, such as http://127.0.0.1:8080
	Limit time.Duration // how long a try may take; then the next node is asked
	Pause time.Duration // how long the client waits before the next try
}

// Place places an order and returns the order's answer. Every try has the same order id. Place
// returns a *Refusal if the order itself has failed, and an error if ctx ends first.
func (c *Client) Place(ctx context.Context, order string, request []byte) ([]byte, error) {
	// TODO 8.2: send the order until a node has accepted it. Then attach to the invocation
	// until a node gives its answer.
	return nil, todo.Task("8.2")
}

// Accepted is what a node answers when it has accepted an order, also when the order was
// accepted before.
type Accepted struct {
	InvocationID string `json:"invocationId"`
}

// ask sends a request to one node after the other, until it gets an answer that counts.
func (c *Client) ask(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	// TODO 8.2: call do with each node in turn. Return the body of a success, and a
	// *Refusal at once. After anything else, wait, and ask the next node, as long as ctx
	// has not ended.
	return nil, todo.Task("8.2")
}
