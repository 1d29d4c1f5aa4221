// Package client places orders through any of several nodes.
package client

import (
	"context"
	//task 8.2
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	//end
	"time"
	//|
	//| "example.com/workbook/lessons/shop/todo"
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
	//| // TODO 8.2: send the order until a node has accepted it. Then attach to the invocation
	//| // until a node gives its answer.
	//| return nil, todo.Task("8.2")
	//task 8.2
	answer, err := c.ask(ctx, http.MethodPost, "/restate/send/Order/"+url.PathEscape(order)+"/CreateOrder", request)
	if err != nil {
		return nil, err
	}
	var accepted Accepted
	if err := json.Unmarshal(answer, &accepted); err != nil {
		return nil, err
	}
	return c.ask(ctx, http.MethodGet, "/restate/attach/"+accepted.InvocationID, nil)
	//end
}

// Accepted is what a node answers when it has accepted an order, also when the order was
// accepted before.
type Accepted struct {
	InvocationID string `json:"invocationId"`
}

// ask sends a request to one node after the other, until it gets an answer that counts.
func (c *Client) ask(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	//| // TODO 8.2: call do with each node in turn. Return the body of a success, and a
	//| // *Refusal at once. After anything else, wait, and ask the next node, as long as ctx
	//| // has not ended.
	//| return nil, todo.Task("8.2")
	//task 8.2
	for n := 0; ; n++ {
		answer, err := c.try(ctx, c.Nodes[n%len(c.Nodes)], method, path, body)
		switch {
		case err == nil && answer.Status < http.StatusMultipleChoices:
			return answer.Body, nil
		case err == nil && answer.OfInvocation:
			return nil, &Refusal{answer.Status, answer.Body}
		case err == nil:
			err = fmt.Errorf("%d %s", answer.Status, answer.Body)
		}
		if wait(ctx, c.Pause) != nil {
			return nil, fmt.Errorf("no node has answered in time: %w", err)
		}
	}
	//end
}

//task 8.2

// try asks one node, for a limited time.
func (c *Client) try(ctx context.Context, node, method, path string, body []byte) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Limit)
	defer cancel()
	return do(ctx, method, node+path, body)
}

//end
