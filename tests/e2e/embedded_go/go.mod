module embedded

go 1.24

require github.com/libdrift/libdrift/bindings/go v0.0.0

replace github.com/libdrift/libdrift/bindings/go => ../../../bindings/go
