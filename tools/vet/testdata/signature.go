package p

import (
	"context"

	restate "github.com/restatedev/sdk-go"
)

type Service struct{}

func (Service) Handle(ctx restate.Context, id string) (string, error) { return id, nil }

func (Service) Forgotten(ctx context.Context, id string) (string, error) { return id, nil } // want signature

func (Service) find(ctx context.Context, id string) (string, error) { return id, nil }

// Client serves nothing to Restate.
type Client struct{}

func (Client) Find(ctx context.Context, id string) (string, error) { return id, nil }
