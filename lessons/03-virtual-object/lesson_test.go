package main

import (
	"testing"

	restate "github.com/restatedev/sdk-go"

	"example.com/workbook/lessons/03-virtual-object/cart"
	"example.com/workbook/solutions/02-basic-service/pricing"
	"example.com/workbook/tools/check"
	"example.com/workbook/tools/check/cause/shop"
	"example.com/workbook/tools/check/rows"
)

func TestMain(m *testing.M) {
	check.Main(m, check.Lesson{
		Program: main,
		Rest: func() ([]restate.ServiceDefinition, error) {
			return []restate.ServiceDefinition{restate.Reflect(pricing.Pricing{})}, nil
		},
		Words:  rows.Words,
		Causes: shop.Causes,
		Answers: map[string]any{
			"AnswerSelf":  cart.AnswerSelf,
			"AnswerState": cart.AnswerState,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
