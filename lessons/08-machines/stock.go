package main

import (
	"context"
	"encoding/json"
	"os"
	"strconv"

	"example.com/workbook/lessons/08-machines/store"
	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/outside"
)

// stock runs a command about the stock, in the database at SHOP_DATABASE, and prints the result.
func stock(ctx context.Context, args []string) error {
	ctx, cancel := context.WithTimeout(ctx, env.ReadClient().Place)
	defer cancel()
	s, err := store.Open(ctx, env.Database(), pause)
	if err != nil {
		return err
	}
	defer s.Pool.Close()
	var result any
	switch args[0] {
	case "add":
		result, err = add(ctx, s, args[1], args[2])
	case "sell":
		result, err = sell(ctx, s, args[1], args[2], args[3])
	case "kinds":
		result, err = kinds(ctx, s, args[1:])
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// add adds an item to the stock, and returns how many pieces are left.
func add(ctx context.Context, s *store.Store, item, pieces string) (any, error) {
	n, err := strconv.Atoi(pieces)
	if err != nil {
		return nil, err
	}
	if err := s.CreateTables(ctx); err != nil {
		return nil, err
	}
	if err := s.AddItem(ctx, item, n); err != nil {
		return nil, err
	}
	left, err := s.Left(ctx, item)
	return map[string]int{"left": left}, err
}

// sell sells pieces of an item, and returns how many are left.
func sell(ctx context.Context, s *store.Store, order, item, pieces string) (any, error) {
	n, err := strconv.Atoi(pieces)
	if err != nil {
		return nil, err
	}
	left, err := s.Sell(ctx, order, item, n, func(ctx context.Context) error {
		// The key is the order's id, so that a second request moves no money.
		_, err := outside.Charge(ctx, order, outside.Purchase{OrderID: order, AmountCents: 2500, Token: "tok_ok"})
		return err
	})
	return map[string]int{"left": left}, err
}

// kinds returns the kind of an error with each SQLSTATE of a list.
func kinds(ctx context.Context, s *store.Store, states []string) (any, error) {
	all := map[string]store.Kind{}
	for _, state := range states {
		all[state] = store.KindOf(s.Raise(ctx, state))
	}
	return all, nil
}
