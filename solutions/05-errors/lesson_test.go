package main

import (
	"testing"

	"example.com/workbook/solutions/05-errors/payment"
	"example.com/workbook/tools/check"
	"example.com/workbook/tools/check/cause/shop"
	"example.com/workbook/tools/check/rows"
)

func TestMain(m *testing.M) {
	check.Main(m, check.Lesson{
		Program: main,
		Words:   rows.Words,
		Causes:  shop.Causes,
		Answers: map[string]any{
			"AnswerTimeout":  payment.AnswerTimeout,
			"AnswerSeventy":  payment.AnswerSeventy,
			"AnswerWrapping": payment.AnswerWrapping,
		},
	})
}

func TestLesson(t *testing.T) { check.Run(t) }
