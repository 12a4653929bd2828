// The URL of a service: whether it is one, whether it is of this machine, and what of it may be shown.
//
// Thread rule: any.
#pragma once

#include <string>
#include <string_view>

#include "drift/base/result.hpp"

namespace drift::base_internal {

// Whether its host is this machine, by the name `localhost` or by a loopback address (127.0.0.0/8, ::1) in its usual form.
[[nodiscard]] bool is_loopback_url(std::string_view url);

// A URL to which a secret may be sent: https://HOST[:PORT][/PATH], or http:// to this machine. E_CONFIG_INVALID, with shown_url(), for one
// with a user or a password in it, with what no such URL has (a query, blanks, quotes: it becomes a part of commands that people copy), and
// for http to another machine.
[[nodiscard]] Status check_service_url(std::string_view url);

// For errors and reports: one line, without what stands before an `@` or behind `?` or `#`, where people keep passwords.
[[nodiscard]] std::string shown_url(std::string_view url);

}  // namespace drift::base_internal
