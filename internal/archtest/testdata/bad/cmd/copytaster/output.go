package main

import (
	"fmt"
	"io"
)

func run(w io.Writer) int {
	fmt.Println("printed")
	return 0
}
