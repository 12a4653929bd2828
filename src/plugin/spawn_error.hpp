// Why a program could not be started, in words that help.
//
// Thread rule: any.
#pragma once

#include <string>

#include "drift/base/error.hpp"
#include "plugin/spawner.hpp"

namespace drift::plugin {

// `failed` is of a spawn() of that program and working directory.
[[nodiscard]] Error spawn_error(const Spawned& failed, const std::string& program, const std::string& cwd);

// "a program for Linux on arm64", "a program for Windows", "a script", ...; empty when that cannot be told. From its first bytes.
[[nodiscard]] std::string program_kind(const std::string& path);

}  // namespace drift::plugin
