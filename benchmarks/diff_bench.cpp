// Two states in, the changed resources out: libdrift against nlohmann/json (parse both, json::diff) and against what simdjson needs to
// parse both and do nothing else. Exits 1 when any mode of libdrift reports another number of changes than were made.
//
//   bench_diff [--quick] [--resources N] [--rounds N] [--drift PATH-OF-THE-COMMAND-LINE]
#include <simdjson.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "drift/diff/compare.hpp"
#include "drift/state/reader.hpp"
#include "measure.hpp"
#include "workloads/gen_state.hpp"

namespace {

namespace fs = std::filesystem;
using bench::cpu_seconds;

std::string read_file(const std::string& path) {
  std::string text(static_cast<std::size_t>(fs::file_size(path)), '\0');
  std::FILE* f = std::fopen(path.c_str(), "rb");
  if (f == nullptr || std::fread(text.data(), 1, text.size(), f) != text.size()) {
    std::perror(path.c_str());
    std::exit(1);
  }
  std::fclose(f);
  return text;
}

void figure(const char* name, double value) { std::printf("%s %.9g\n", name, value); }

drift::Document must_read(const drift::ByteSource& source, const drift::Snapshot* known) {
  drift::ReadOptions options;
  options.known = known;
  auto d = drift::read_document(source, options);
  if (!d) {
    std::fprintf(stderr, "%s\n", d.error().to_string().c_str());
    std::exit(1);
  }
  return std::move(*d);
}

struct Counts {
  std::size_t changed = 0, added = 0, removed = 0;
};

// The library's two-document diff: match, then compare what does not match.
Counts compare(const drift::Snapshot& a, const drift::Snapshot& b) {
  Counts counts;
  std::size_t same = 0;
  for (const drift::Match& m : drift::match_snapshots({.recorded = &a, .actual = &b}, same)) {
    if (!m.recorded) ++counts.added;
    if (!m.actual) ++counts.removed;
    if (!m.recorded || !m.actual) continue;
    auto left = a.load(*m.recorded);
    auto right = b.load(*m.actual);
    if (!left || !right) std::exit(1);
    auto result = drift::compare_resource({.recorded = &*left, .actual = &*right}, {});
    if (!result) std::exit(1);
    if (!result->changes.empty()) ++counts.changed;
  }
  return counts;
}

void mode_libdrift(const std::string& a, const std::string& b, bool reuse) {
  const std::size_t before = bench::status_bytes("VmHWM:");
  const double start = cpu_seconds();
  const drift::Document left = must_read(drift::ByteSource::file(a), nullptr);
  const drift::Document right = must_read(drift::ByteSource::file(b), reuse ? &left.main() : nullptr);
  const Counts counts = compare(left.main(), right.main());
  figure("cpu", cpu_seconds() - start);
  figure("extra", static_cast<double>(bench::status_bytes("VmHWM:") - before));
  figure("kept", static_cast<double>(left.main().memory_bytes() + right.main().memory_bytes()));
  figure("resources", static_cast<double>(left.main().size()));
  figure("changed", static_cast<double>(counts.changed));
  figure("added", static_cast<double>(counts.added));
  figure("removed", static_cast<double>(counts.removed));
}

// The old state's fingerprints are there; the new state comes, as a file or as bytes that the host holds.
void mode_rescan(const std::string& a, const std::string& b, bool bytes) {
  const drift::Document left = must_read(drift::ByteSource::file(a), nullptr);
  const std::string held = bytes ? read_file(b) : std::string();
  const double start = cpu_seconds();
  const drift::Document right = must_read(bytes ? drift::ByteSource::borrow(held, b) : drift::ByteSource::file(b), &left.main());
  const Counts counts = compare(left.main(), right.main());
  figure("cpu", cpu_seconds() - start);
  figure("changed", static_cast<double>(counts.changed));
  figure("added", static_cast<double>(counts.added));
  figure("removed", static_cast<double>(counts.removed));
}

void mode_nlohmann(const std::string& a, const std::string& b) {
  const std::size_t before = bench::status_bytes("VmHWM:");
  const double start = cpu_seconds();
  const auto left = nlohmann::json::parse(read_file(a));
  const double first = cpu_seconds();
  const std::string new_text = read_file(b);
  const double held = cpu_seconds();
  const auto right = nlohmann::json::parse(new_text);
  const double second = cpu_seconds();
  const auto patch = nlohmann::json::diff(left, right);
  const double end = cpu_seconds();
  figure("cpu", end - start);
  figure("rescan", end - first);
  figure("rescan-bytes", end - held);
  figure("parse", second - start);
  figure("extra", static_cast<double>(bench::status_bytes("VmHWM:") - before));
  figure("changed", static_cast<double>(patch.size()));
  std::fflush(nullptr);
  std::_Exit(0);  // without the third of a second that freeing the trees takes
}

// `warm`: from memory, with a parser that has parsed both before; cold: from the files, with a new one.
void mode_simdjson(const std::string& a, const std::string& b, bool warm) {
  const std::size_t before = bench::status_bytes("VmHWM:");
  double start = cpu_seconds();
  simdjson::dom::parser parser;
  if (!warm) {
    for (const std::string* path : {&a, &b}) {
      if (parser.load(*path).error() != simdjson::SUCCESS) std::exit(1);
    }
  } else {
    const simdjson::padded_string texts[] = {simdjson::padded_string::load(a).value(), simdjson::padded_string::load(b).value()};
    for (int pass = 0; pass < 2; ++pass) {
      start = cpu_seconds();
      for (const simdjson::padded_string& text : texts) {
        if (parser.parse(text).error() != simdjson::SUCCESS) std::exit(1);
      }
    }
  }
  figure("cpu", cpu_seconds() - start);
  figure("extra", static_cast<double>(bench::status_bytes("VmHWM:") - before));
}

int run_mode(const std::string& mode, const std::string& a, const std::string& b) {
  if (mode == "cold")
    mode_libdrift(a, b, true);
  else if (mode == "canonical")
    mode_libdrift(a, b, false);
  else if (mode == "rescan")
    mode_rescan(a, b, false);
  else if (mode == "rescan-bytes")
    mode_rescan(a, b, true);
  else if (mode == "nlohmann")
    mode_nlohmann(a, b);
  else if (mode == "simdjson")
    mode_simdjson(a, b, true);
  else if (mode == "simdjson-cold")
    mode_simdjson(a, b, false);
  else
    return 1;
  return 0;
}

struct Settings {
  std::size_t resources = 100'000;
  int rounds = 7;
  bool quick = false;
  std::string drift;
  std::string self;
};

// One pair of documents and what is true of it.
struct Pair {
  std::string name, a, b;
  std::size_t changed = 0, added = 0, removed = 0;
  std::size_t bytes = 0;
};

class Bench {
 public:
  Bench(Settings settings, fs::path dir) : s_(std::move(settings)), dir_(std::move(dir)) {}

  int run() {
    std::printf("%zu resources, %d rounds, CPU seconds; ratios are medians of paired rounds [least..most]\n", s_.resources, s_.rounds);
    const Pair main = make("1 % changed", {.changed_per_mille = 10});
    main_table(main);
    other_rows();
    std::printf(failures_ == 0 ? "counts: all as generated\n" : "counts: %d WRONG\n", failures_);
    return failures_ == 0 ? 0 : 1;
  }

 private:
  using Options = bench::GenOptions;

  Pair make(const std::string& name, Options changed, Options base = {}) {
    base.resources = changed.resources = s_.resources;
    Pair p{.name = name, .a = (dir_ / "a.json").string(), .b = (dir_ / "b.json").string()};
    p.bytes = bench::generate(base, p.a).bytes;
    const bench::GenResult b = bench::generate(changed, p.b);
    p.bytes += b.bytes;
    p.changed = b.changed;
    p.added = changed.insert_first ? 1 : 0;
    return p;
  }

  bench::Child mode(const std::string& name, const Pair& p) {
    bench::Child c = bench::run_child({s_.self, "--mode", name, p.a, p.b}, true);
    if (c.status != 0) {
      std::fprintf(stderr, "bench_diff: mode %s failed\n", name.c_str());
      std::exit(1);
    }
    return c;
  }

  void verify(const std::string& what, const bench::Child& c, const Pair& p) {
    const auto is = [&](const char* name, std::size_t truth) { return c.figures.at(name) == static_cast<double>(truth); };
    if (is("changed", p.changed) && is("added", p.added) && is("removed", p.removed)) return;
    ++failures_;
    std::printf("WRONG: %s, %s: %.0f changed, %.0f added, %.0f removed; true: %zu, %zu, %zu\n", p.name.c_str(), what.c_str(),
                c.figures.at("changed"), c.figures.at("added"), c.figures.at("removed"), p.changed, p.added, p.removed);
  }

  static void row(const char* name, const std::vector<double>& cpu, const std::string& more) {
    std::printf("  %-52s %8.3f s  %s\n", name, bench::median_of(cpu).middle, more.c_str());
  }
  static std::string against(const char* rival, const bench::Median& m) {
    char text[160];
    std::snprintf(text, sizeof text, "%6.2f x %s [%.2f..%.2f]  ", m.middle, rival, m.least, m.most);
    return text;
  }

  void main_table(const Pair& p) {
    std::map<std::string, std::vector<double>> t;
    bench::Child cold, nlohmann;
    for (int round = 0; round < s_.rounds; ++round) {
      for (const char* name : {"nlohmann", "simdjson", "simdjson-cold", "cold", "canonical", "rescan", "rescan-bytes"}) {
        const bench::Child c = mode(name, p);
        t[name].push_back(c.figures.at("cpu"));
        if (c.figures.count("removed") != 0) verify(name, c, p);
        if (c.figures.count("rescan") != 0) {
          t["nlohmann rescan"].push_back(c.figures.at("rescan"));
          t["nlohmann rescan-bytes"].push_back(c.figures.at("rescan-bytes"));
        }
        if (std::string(name) == "cold") cold = c;
        if (std::string(name) == "nlohmann") nlohmann = c;
      }
      if (!s_.drift.empty()) t["cli"].push_back(command_line(p));
    }
    std::printf("Terraform state v4, indented, %.1f MB together, %zu resources changed\n", static_cast<double>(p.bytes) / 1e6, p.changed);
    row("nlohmann: parse both, json::diff", t["nlohmann"], "");
    row("simdjson DOM: parse both, from memory, warm", t["simdjson"], "");
    row("simdjson DOM: parse both, from files, new parser", t["simdjson-cold"], "");
    row("libdrift: cold diff", t["cold"],
        against("nlohmann", bench::ratio_of(t["nlohmann"], t["cold"])) +
            against("simdjson warm", bench::ratio_of(t["simdjson"], t["cold"])));
    row("libdrift: cold diff, nothing taken over (other producer)", t["canonical"],
        against("nlohmann", bench::ratio_of(t["nlohmann"], t["canonical"])) +
            against("simdjson warm", bench::ratio_of(t["simdjson"], t["canonical"])));
    row("nlohmann: parse the new one, json::diff", t["nlohmann rescan"], "");
    row("libdrift: rescan against known fingerprints", t["rescan"],
        against("nlohmann", bench::ratio_of(t["nlohmann rescan"], t["rescan"])) +
            against("both parsed", bench::ratio_of(t["nlohmann"], t["rescan"])));
    row("nlohmann: the same, the new one held in memory", t["nlohmann rescan-bytes"], "");
    row("libdrift: the same, the new one held in memory", t["rescan-bytes"],
        against("nlohmann", bench::ratio_of(t["nlohmann rescan-bytes"], t["rescan-bytes"])));
    if (!s_.drift.empty())
      row("drift diff A B (the whole process)", t["cli"],
          against("the library", bench::ratio_of(t["cli"], t["cold"])) + "(lower is better)");
    std::printf("  kept per resource, both snapshots: %.0f bytes; extra peak memory: libdrift %.1f %%, nlohmann %.1f %% of the input\n",
                cold.figures.at("kept") / cold.figures.at("resources"), 100 * cold.figures.at("extra") / static_cast<double>(p.bytes),
                100 * nlohmann.figures.at("extra") / static_cast<double>(p.bytes));
  }

  double command_line(const Pair& p) {
    const bench::Child c = bench::run_child({s_.drift, "diff", p.a, p.b}, false);
    if (c.status != 2) {
      ++failures_;
      std::printf("WRONG: drift diff ended with status %d, not 2\n", c.status);
    }
    return c.cpu;
  }

  // The cold diff and the rescan where the documents differ in other ways: time, and reported by true changes.
  void other_rows() {
    using F = Options::Format;
    const Options terraform, pulumi{.format = F::pulumi}, big{.big_integers = true};
    const auto with = [](Options o, auto&& change) {
      change(o);
      return o;
    };
    struct Row {
      const char* name;
      Options a, b;
    };
    const std::vector<Row> rows = {
        {"0.1 % changed", terraform, with(terraform, [](Options& o) { o.changed_per_mille = 1; })},
        {"10 % changed", terraform, with(terraform, [](Options& o) { o.changed_per_mille = 100; })},
        {"1 % changed, other side compact, members shuffled", terraform,
         with(terraform, [](Options& o) { o.changed_per_mille = 10, o.shuffled = true; })},
        {"one resource inserted first", terraform, with(terraform, [](Options& o) { o.insert_first = true; })},
        {"first resource moved to the end", terraform, with(terraform, [](Options& o) { o.move_first_to_end = true; })},
        {"only shuffled", terraform, with(terraform, [](Options& o) { o.shuffled = true; })},
        {"1 % changed, 30-digit integers", big, with(big, [](Options& o) { o.changed_per_mille = 10; })},
        {"Pulumi checkpoint, 1 % changed", pulumi, with(pulumi, [](Options& o) { o.changed_per_mille = 10; })}};
    for (const Row& r : rows) {
      const Pair p = make(r.name, r.b, r.a);
      std::vector<double> cold, rescan;
      for (int round = 0; round < std::max(3, s_.rounds / 2); ++round) {
        const bench::Child c = mode("cold", p);
        const bench::Child again = mode("rescan", p);
        verify("cold", c, p);
        verify("rescan", again, p);
        cold.push_back(c.figures.at("cpu"));
        rescan.push_back(again.figures.at("cpu"));
      }
      char more[160];
      std::snprintf(more, sizeof more, "rescan %.3f s; %zu changed, %zu added: reported / true = %s (%.0f MB)",
                    bench::median_of(rescan).middle, p.changed, p.added, failures_ == 0 ? "1.00" : "see above",
                    static_cast<double>(p.bytes) / 1e6);
      row(r.name, cold, more);
    }
  }

  Settings s_;
  fs::path dir_;
  int failures_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Settings s;
  s.self = fs::canonical("/proc/self/exe").string();
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    if (a == "--mode" && i + 3 < argc) return run_mode(argv[i + 1], argv[i + 2], argv[i + 3]);
    if (a == "--quick")
      s.quick = true, s.resources = 10'000, s.rounds = 3;
    else if (a == "--resources" && i + 1 < argc)
      s.resources = std::strtoul(argv[++i], nullptr, 10);
    else if (a == "--rounds" && i + 1 < argc)
      s.rounds = std::atoi(argv[++i]);
    else if (a == "--drift" && i + 1 < argc)
      s.drift = argv[++i];
  }
  if (!s.drift.empty() && !fs::exists(s.drift)) s.drift.clear();
  std::string dir = (fs::temp_directory_path() / "drift-bench-XXXXXX").string();
  if (::mkdtemp(dir.data()) == nullptr) return 1;
  const int status = Bench(s, dir).run();
  fs::remove_all(dir);
  return status;
}
