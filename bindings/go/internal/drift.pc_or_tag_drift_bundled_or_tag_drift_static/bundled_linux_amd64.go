//go:build drift_bundled

package link

import _ "github.com/libdrift/libdrift/bindings/go/lib/linux_amd64"
