// Every real Terraform state: read, counted by an independent way, and loaded.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "corpus/corpus.hpp"
#include "drift/model/json.hpp"

namespace {

using namespace drift;
namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(corpus::root() / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Some files of the corpus were symbolic links and came as the link's text: the name of the file that they stand for.
bool is_link_text(const fs::path& file) {
  const std::string text = text_of(file);
  return text.find('{') == std::string::npos && fs::exists((corpus::root() / file).parent_path() / text);
}

std::vector<fs::path> states_in(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(corpus::root() / folder)) {
    const fs::path file = fs::relative(entry.path(), corpus::root());
    if (file.extension() == ".tfstate" && !is_link_text(file)) files.push_back(file);
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Count {
  std::size_t managed = 0;
  std::size_t data = 0;
};

// Instances of a state v4, from the whole tree.
Count count_v4(const Value& tree) {
  Count count;
  const Value* resources = tree.find("resources");
  if (resources == nullptr || !resources->is_list()) return count;
  for (const Value& block : resources->as_list()) {
    const Value* instances = block.find("instances");
    const std::size_t n = instances != nullptr && instances->is_list() ? instances->as_list().size() : 0;
    (block.string_or("mode") == "data" ? count.data : count.managed) += n;
  }
  return count;
}

void check_state(const fs::path& file) {
  CAPTURE(file.string());
  auto tree = parse_json(text_of(file));
  auto document = corpus::read(file);
  REQUIRE(tree.ok() == document.ok());
  if (!tree) {
    CHECK(document.error().code() == tree.error().code());
    REQUIRE(document.error().where());
    CHECK(document.error().where()->byte == tree.error().where()->byte);
    return;
  }
  if (document->format != "terraform-state-v4") return;
  const Snapshot& s = document->main();
  const Count count = count_v4(*tree);
  CHECK(s.size() == count.managed);
  CHECK(s.notes().size() == (count.data > 0 ? 1 : 0));
  CHECK(s.provenance().lineage == tree->string_or("lineage"));
  for (std::size_t i = 0; i < s.size(); ++i) {
    auto r = s.load(i);
    REQUIRE(r.ok());
    CHECK(r->address == s.entry(i).address);
    CHECK(resource_fingerprint(*r) == s.entry(i).canonical);
  }
  // Read again with itself known, nothing is different.
  ReadOptions options;
  options.known = &s;
  auto again = read_document(ByteSource::file((corpus::root() / file).string()), options);
  REQUIRE(again.ok());
  CHECK(again->main().content_hash() == s.content_hash());
}

}  // namespace

TEST_CASE("corpus: states of many providers") {
  const std::string folder = "terraform_states/driftctl";
  if (!corpus::has(folder)) return;
  const auto files = states_in(folder);
  CHECK(files.size() >= 100);
  for (const fs::path& file : files) check_state(file);
}

TEST_CASE("corpus: states of round trips") {
  const std::string folder = "terraform_states/roundtrip";
  if (!corpus::has(folder)) return;
  const auto files = states_in(folder);
  CHECK(files.size() >= 10);
  for (const fs::path& file : files) check_state(file);
}

TEST_CASE("corpus: a state that gives dependencies twice is refused there") {
  if (!corpus::has("terraform_states/roundtrip")) return;
  for (const char* name : {"v4-legacy-modules.in.tfstate", "v4-modules.in.tfstate"}) {
    const fs::path file = fs::path("terraform_states/roundtrip") / name;
    CAPTURE(name);
    const std::string text = text_of(file);
    auto document = corpus::read(file);
    REQUIRE_FALSE(document.ok());
    CHECK(document.error().code() == Errc::duplicate_key);
    REQUIRE(document.error().where());
    CHECK(document.error().where()->byte == text.rfind("\"dependencies\""));
  }
}

TEST_CASE("corpus: what Terraform wrote before and after an upgrade holds the same resources") {
  const std::string folder = "terraform_states/roundtrip";
  if (!corpus::has(folder)) return;
  int compared = 0;
  for (const fs::path& in : states_in(folder)) {
    std::string name = in.string();
    const std::size_t at = name.find(".in.tfstate");
    if (at == std::string::npos) continue;
    CAPTURE(name);
    const fs::path out = name.replace(at, 11, ".out.tfstate");
    auto before = corpus::read(in);
    if (is_link_text(out) || !before) continue;  // what is refused is asserted above
    auto after = corpus::read(out);
    REQUIRE(after.ok());
    ++compared;
    std::set<std::string> left, right;
    for (std::size_t i = 0; i < before->main().size(); ++i) left.emplace(before->main().entry(i).address);
    for (std::size_t i = 0; i < after->main().size(); ++i) right.emplace(after->main().entry(i).address);
    CHECK(left == right);
  }
  CHECK(compared >= 2);
}
