package main

import "example.com/workbook/tools/course"

func prepare(root string, l course.Lesson) error { return nil }
