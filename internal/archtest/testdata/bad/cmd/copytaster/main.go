// Command copytaster is as it should be.
package main

import "os"

func main() { os.Exit(run(os.Stdout)) }
