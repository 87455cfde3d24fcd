package main

import (
	"fmt"
	"log"
	"os"
)

func check() {
	fmt.Println("x")            // breaks output: fmt.Println is not passed in
	fmt.Fprintln(os.Stderr)     // breaks output: os.Stderr is not passed in
	log.Print(fmt.Sprint("ok")) // breaks output: log.Print is not passed in
}
