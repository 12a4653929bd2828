// 1,000 local files scanned, against a bare loop that only hashes them: what the provider, the scheduler and the whole scan cost on top.
//
// bench_file_scan [--quick] [--drift PATH (not used)]. Rounds are interleaved, the best of each counts, files come from the page cache.
// Ends with 1 when a count is wrong; the wanted ratio (0.70 of the bare loop's speed) is printed beside what was measured.
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "drift/engine/scan.hpp"
#include "drift/provider/file.hpp"
#include "drift/provider/scheduler.hpp"

namespace {

// SHA-256 as anyone would take it from OpenSSL.
class Hasher {
 public:
  Hasher() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void update(const char* bytes, std::size_t size) { EVP_DigestUpdate(context_.get(), bytes, size); }
  std::string finish_hex() {
    unsigned char raw[32];
    EVP_DigestFinal_ex(context_.get(), raw, nullptr);
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
    std::string out;
    for (const unsigned char b : raw) out.append({"0123456789abcdef"[b >> 4], "0123456789abcdef"[b & 15]});
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

struct Corpus {
  std::filesystem::path dir;
  std::vector<std::string> paths;
  std::vector<std::string> sha256;  // as recorded
  std::size_t bytes = 0;
  std::size_t changed = 0;
  ~Corpus() { std::filesystem::remove_all(dir); }
};

// Files of 16 to 256 KiB; every hundredth is changed after it was recorded.
void lay_out(Corpus& c, std::size_t count) {
  std::string name = (std::filesystem::temp_directory_path() / "drift-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
  c.dir = name;
  std::mt19937_64 random(20261121);
  Hasher hasher;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text(16 * 1024 + random() % (240 * 1024), '\0');
    for (char& b : text) b = static_cast<char>('a' + random() % 26);
    c.paths.push_back((c.dir / ("file-" + std::to_string(i))).string());
    hasher.update(text.data(), text.size());
    c.sha256.push_back(hasher.finish_hex());
    if (i % 100 == 99) {
      text.back() = '!';
      ++c.changed;
    }
    std::ofstream(c.paths.back(), std::ios::binary) << text;
    c.bytes += text.size();
  }
}

std::string state_of(const Corpus& c) {
  std::string out = R"({"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"bench","outputs":{},"resources":[)";
  for (std::size_t i = 0; i < c.paths.size(); ++i) {
    out += i == 0 ? "" : ",";
    out += R"({"mode":"managed","type":"local_file","name":"f)" + std::to_string(i);
    out += R"(","provider":"provider[\"registry.terraform.io/hashicorp/local\"]","instances":[{"schema_version":0,"attributes":{)";
    out += R"("filename":")" + c.paths[i] + R"(","source":"x","content":null,"file_permission":"0777",)";
    out += R"("content_sha256":")" + c.sha256[i] + R"("}}]})";
  }
  return out + "],\"check_results\":null}";
}

std::vector<drift::Resource> resources_of(const Corpus& c) {
  std::vector<drift::Resource> out(c.paths.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].address = "local_file.f" + std::to_string(i);
    out[i].type = "local_file";
    out[i].attributes =
        drift::Object({{"filename", c.paths[i]}, {"source", "x"}, {"content", drift::Value()}, {"content_sha256", c.sha256[i]}});
  }
  return out;
}

// The rival: open, read, hash, close, compare. Returns how many differ.
std::size_t bare_loop(const Corpus& c, std::size_t threads) {
  std::atomic<std::size_t> next{0}, different{0};
  const auto work = [&] {
    Hasher hasher;
    std::vector<char> buffer(256 * 1024);
    for (std::size_t i = next++; i < c.paths.size(); i = next++) {
      const int fd = ::open(c.paths[i].c_str(), O_RDONLY | O_CLOEXEC);
      for (ssize_t n = 0; (n = ::read(fd, buffer.data(), buffer.size())) > 0;) hasher.update(buffer.data(), static_cast<std::size_t>(n));
      ::close(fd);
      if (hasher.finish_hex() != c.sha256[i]) ++different;
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t t = 1; t < threads; ++t) others.emplace_back(work);
  work();
  others.clear();
  return different;
}

std::size_t scheduled(const std::vector<drift::Resource>& resources, std::size_t threads) {
  const auto provider = drift::make_file_provider();
  std::vector<drift::ScheduledRead> reads;
  for (const drift::Resource& r : resources) reads.push_back({provider.get(), &r});
  drift::SchedulerOptions options;
  options.parallel = threads;
  std::size_t different = 0;
  const drift::Status s = run_reads(reads, options, {}, [&](std::size_t i, const drift::ScheduledOutcome& o) {
    if (!o.outcome.is_found() || o.outcome.resource().attributes != resources[i].attributes) ++different;
  });
  return s.ok() ? different : resources.size();
}

std::size_t whole_scan(const std::string& state, std::size_t threads) {
  drift::ScanRequest request;
  request.state = drift::ByteSource::borrow(state);
  request.scheduler.parallel = threads;
  const drift::Result<drift::Report> report = drift::scan(request);
  if (!report) {
    std::fprintf(stderr, "%s\n", report.error().to_string().c_str());
    return static_cast<std::size_t>(-1);
  }
  return report->findings.size();
}

struct Contender {
  const char* name;
  std::size_t threads;
  std::function<std::size_t()> run;
  double best = 1e9;
};

int measure(const Corpus& c, int rounds) {
  const std::vector<drift::Resource> resources = resources_of(c);
  const std::string state = state_of(c);
  std::vector<Contender> all;
  for (const std::size_t threads : {1U, 2U}) {
    all.push_back({"bare loop", threads, [&c, threads] { return bare_loop(c, threads); }});
    all.push_back({"provider through run_reads", threads, [&resources, threads] { return scheduled(resources, threads); }});
    all.push_back({"drift::scan of a state", threads, [&state, threads] { return whole_scan(state, threads); }});
  }
  bool right = true;
  for (int round = 0; round < rounds; ++round) {
    for (Contender& k : all) {
      const auto begin = std::chrono::steady_clock::now();
      const std::size_t different = k.run();
      k.best = std::min(k.best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
      if (different != c.changed) {
        std::printf("WRONG: %s, %zu threads: %zu changed, not %zu\n", k.name, k.threads, different, c.changed);
        right = false;
      }
    }
  }
  const double megabytes = static_cast<double>(c.bytes) / 1e6;
  std::printf("%zu files, %.1f MB, %zu changed, best of %d rounds\n", c.paths.size(), megabytes, c.changed, rounds);
  double bare = 0;
  for (const Contender& k : all) {
    if (std::strcmp(k.name, "bare loop") == 0) bare = k.best;
    std::printf("  %-28s %zu thread%s %8.1f ms %8.0f MB/s   %.2f of the bare loop%s\n", k.name, k.threads, k.threads == 1 ? " " : "s",
                k.best * 1e3, megabytes / k.best, bare / k.best, k.best > bare ? "  (wanted: 0.70)" : "");
  }
  return right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = false;
  for (int i = 1; i < argc; ++i) quick = quick || std::strcmp(argv[i], "--quick") == 0;
  Corpus corpus;
  lay_out(corpus, quick ? 300 : 1000);
  return measure(corpus, quick ? 3 : 7);
}
