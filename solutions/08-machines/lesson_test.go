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
	"example.com/workbook/tools/check/database"
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
		Env:    []string{"TRY_LIMIT=1s"},
		Words:  database.Words,
		Causes: shop.Causes,
		Answers: map[string]any{
			"lost-orders":       GuessLost,
			"repeated-requests": GuessAskedAgain,
			"double-charges":    GuessDoubled,
			"answers":           GuessAnswers,
			"gone-orders":       GuessGone,
			"charges":           GuessCharges,
			"AnswerDown":        AnswerDown,
			"AnswerTwo":         AnswerTwo,
			"AnswerStore":       AnswerStore,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
