module github.com/copytaster/copytaster

go 1.26.0
