module github.com/libdrift/libdrift/bindings/go

go 1.24
