package main

import (
	"testing"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/shop/env"
	"example.com/workbook/lessons/shop/store"
	"example.com/workbook/solutions/02-basic-service/receipts"
	"example.com/workbook/solutions/03-virtual-object/shipping"
	"example.com/workbook/tools/check"
	"example.com/workbook/tools/check/cause/shop"
	"example.com/workbook/tools/check/rows"
)

func TestMain(m *testing.M) {
	check.Main(m, check.Lesson{
		Program: main,
		Rest: func() ([]restate.ServiceDefinition, error) {
			db, err := store.Open(env.Database())
			return []restate.ServiceDefinition{
				restate.Reflect(receipts.Receipts{}),
				restate.Reflect(shipping.Shipping{DB: db}),
			}, err
		},
		Env:    []string{"LOOK_EVERY=20ms"},
		Words:  rows.Words,
		Causes: shop.Causes,
		Answers: map[string]any{
			"orders":            GuessOrders,
			"payments":          GuessPayments,
			"status-calls":      GuessStatusCalls,
			"MayLogLine":        MayLogLine,
			"MayRenamedStep":    MayRenamedStep,
			"MayStepAtEnd":      MayStepAtEnd,
			"MayStepBeforeWait": MayStepBeforeWait,
			"MayOtherBody":      MayOtherBody,
			"MaySwappedCalls":   MaySwappedCalls,
			"MayNewField":       MayNewField,
			"MayNewBranch":      MayNewBranch,
			"AnswerStopped":     AnswerStopped,
			"AnswerFits":        AnswerFits,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
