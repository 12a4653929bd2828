//go:build drift_bundled

// Package linux_amd64 holds libdrift.a for -tags drift_bundled. The archive is no part of the repository: bundle.sh copies it from a build.
package linux_amd64

/*
#if !__has_include("libdrift.a")
#error "drift_bundled: lib/linux_amd64/libdrift.a is not there. bundle.sh copies it from a build of libdrift; or build without the tag, by pkg-config; or with -tags drift_static and CGO_LDFLAGS."
#endif
#cgo LDFLAGS: ${SRCDIR}/libdrift.a -lsimdjson -lfmt -lxxhash -lre2 -lyaml -lnghttp2 -lutf8proc -lcurl -lzstd -lz -lssl -lcrypto -lstdc++ -lm -lpthread
*/
import "C"
