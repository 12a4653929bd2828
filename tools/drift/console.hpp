// Standard output and error: what the terminal can show, and writing that notices when nobody reads.
//
// Thread rule: one thread.
#pragma once

#include <string_view>

#include "drift/base/error.hpp"
#include "drift/render/render.hpp"

namespace drift::cli {

// `color`: auto, always, never. NO_COLOR, CLICOLOR_FORCE and TERM=dumb are honoured by auto; the locale says whether UTF-8 can be shown;
// COLUMNS or the terminal says how wide it is.
[[nodiscard]] TextOptions text_options(std::string_view color);

// False (and a message on standard error) when standard output could not take it.
[[nodiscard]] bool print(std::string_view text);
// "drift: <error>" and its next step, on standard error.
void print_error(const Error& error);
// A line on standard error.
void print_note(std::string_view line);

}  // namespace drift::cli
