// Seeded state documents to measure with: Terraform state v4 as Terraform writes it, Pulumi checkpoint v3, and changed versions of them.
//
// Ten AWS-like resource shapes (instances, security groups with nested rules, policies as JSON in strings, tags, ...), about 70 values
// each. The same options give the same bytes.
//
// Example:
//   GenOptions o{.resources = 100'000, .changed_per_mille = 10};
//   GenResult truth = generate(o, "b.tfstate");   // truth.changed resources differ from the same options with changed_per_mille = 0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bench {

struct GenOptions {
  enum class Format { terraform, pulumi };
  Format format = Format::terraform;
  std::size_t resources = 1000;
  std::uint64_t seed = 1;
  unsigned changed_per_mille = 0;  // of the resources; one leaf of each
  bool shuffled = false;           // compact, and the members of every object in another order
  bool insert_first = false;       // one more resource before all others
  bool move_first_to_end = false;
  bool big_integers = false;  // each resource holds an integer of 30 digits
};

struct GenResult {
  std::size_t changed = 0;  // resources with a changed leaf (the inserted one is not counted)
  std::size_t bytes = 0;
};

// Replaces the file. Ends the program with a message when it cannot be written.
GenResult generate(const GenOptions& options, const std::string& path);

}  // namespace bench
