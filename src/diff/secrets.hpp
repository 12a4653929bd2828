// What is secret on one side is secret on all: marks are completed before a change leaves this module.
//
// A provider may hand out a value unmarked that the state file knows as sensitive. Sets make it worse: an element of the actual list does
// not stand at the index of its recorded twin. So the secret paths of all sides are collected with their indexes left out, and every value
// of a change at or below such a path is marked.
//
// Thread rule: any.
#pragma once

#include <vector>

#include "drift/diff/compare.hpp"
#include "model/secret_echoes.hpp"

namespace drift::diff_internal {

// `roots`: all values that were compared, absent ones as nullptr.
void protect_secrets(std::vector<Change>& changes, const std::vector<const Value*>& roots, const Schema* schema);

// Marks the texts of changes that hold a secret of the resource. After all is judged: such a text is compared as what it is.
void protect_echoes(std::vector<Change>& changes, const model_internal::SecretEchoes& echoes);

// The order of reports: section, path, then removed, modified, added, then relation.
void sort_changes(std::vector<Change>& changes);

}  // namespace drift::diff_internal
