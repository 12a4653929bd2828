#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "drift/provider/file.hpp"
#include "drift/provider/replay.hpp"
#include "third/digest.hpp"
#include "unit/provider/fakes.hpp"

using namespace drift;

namespace {

constexpr char canary[] = "canary-9f2c-not-to-be-seen";

Resource with_secret(const std::string& address) {
  Resource r = test::resource(address);
  r.attributes.edit_object().set("password", Value(canary).mark(Secret::plain));
  r.attributes.edit_object().set("region", "eu");
  return r;
}

std::shared_ptr<Provider> replay(const std::string& dir, ProviderRegistry live = {}) {
  Result<std::shared_ptr<Provider>> p = make_replay_provider(dir, std::move(live));
  REQUIRE(p.ok());
  return *p;
}

ReadOutcome read_one(Provider& p, const Resource& r) {
  const ReadRequest request{&r};
  ReadOutcome out;
  REQUIRE(p.read({&request, 1}, [&](std::size_t, ReadOutcome o) { out = std::move(o); }, {}).ok());
  return out;
}

mode_t mode_of(const std::string& path) {
  struct stat s {};
  REQUIRE(::stat(path.c_str(), &s) == 0);
  return s.st_mode & 07777U;
}

// A recording of the same four reads, in an order of its own.
void record_four(const std::string& dir, bool backwards) {
  const test::FakeClock clock;
  ReadRecorder recorder(dir);
  for (int n = 0; n < 4; ++n) {
    const int i = backwards ? 3 - n : n;
    if (i == 0) recorder.record("a", "file", ReadOutcome::found(test::resource("a")));
    if (i == 1) recorder.record("b", "file", ReadOutcome::absent());
    if (i == 2) recorder.record("c", "file", ReadOutcome::failed(Error(Errc::io, "the disk failed").at("c").retryable()));
    if (i == 3) recorder.record("d", "other", ReadOutcome::found(test::resource("d")));
  }
  REQUIRE(recorder.finish(clock).ok());
}

}  // namespace

TEST_CASE("what was recorded is answered, what was not is a miss") {
  const test::TempDir dir;
  record_four(dir / "rec", false);
  const auto p = replay(dir / "rec");
  CHECK(p->handles(test::resource("anything")));
  CHECK(read_one(*p, test::resource("a")).is_found());
  CHECK(read_one(*p, test::resource("b")).is_absent());
  const ReadOutcome failed = read_one(*p, test::resource("c"));
  REQUIRE(failed.is_failed());
  CHECK(failed.error().code() == Errc::io);
  CHECK(failed.error().message() == "the disk failed");
  CHECK_FALSE(failed.error().is_retryable());
  const ReadOutcome miss = read_one(*p, test::resource("z"));
  REQUIRE(miss.is_failed());
  CHECK(miss.error().code() == Errc::replay_miss);
}

TEST_CASE("the same reads are the same bytes, in whatever order they came") {
  const test::TempDir dir;
  record_four(dir / "one", false);
  record_four(dir / "two", true);
  const std::string one = test::read_text(dir / "one/reads.jsonl");
  CHECK(one == test::read_text(dir / "two/reads.jsonl"));
  CHECK(one.starts_with("{\"libdrift_reads\":1,\"created\":\"2026-11-21T09:00:00Z\",\"key_id\":\"\"}\n"));
  CHECK_FALSE(std::filesystem::exists(dir / "one/key"));
  CHECK(replay_key(dir / "one")->empty());
}

TEST_CASE("folder and files are for the owner alone") {
  const test::TempDir dir;
  const test::FakeClock clock;
  ReadRecorder recorder(dir / "deep/rec");
  recorder.record("a", "p", ReadOutcome::found(with_secret("a")));
  CHECK_FALSE(std::filesystem::exists(dir / "deep"));
  REQUIRE(recorder.finish(clock).ok());
  CHECK(mode_of(dir / "deep/rec") == 0700);
  CHECK(mode_of(dir / "deep/rec/key") == 0600);
  CHECK(mode_of(dir / "deep/rec/reads.jsonl") == 0600);
}

TEST_CASE("the folder can be made before there is anything to write") {
  const test::TempDir dir;
  ReadRecorder recorder(dir / "deep/rec");
  REQUIRE(recorder.prepare().ok());
  CHECK(mode_of(dir / "deep/rec") == 0700);
  CHECK(std::filesystem::is_empty(dir / "deep/rec"));
  CHECK(recorder.prepare().ok());
  CHECK(recorder.finish(system_clock()).ok());
  std::filesystem::permissions(dir / "deep/rec", std::filesystem::perms(0500));
  if (::geteuid() != 0) CHECK(recorder.prepare().error().code() == Errc::permission);  // root may write everywhere
  std::filesystem::permissions(dir / "deep/rec", std::filesystem::perms(0700));
}

TEST_CASE("something else of that name is refused and left alone") {
  const test::TempDir dir;
  dir.write("taken", "mine");
  ReadRecorder recorder(dir / "taken");
  CHECK(recorder.prepare().error().code() == Errc::invalid_argument);
  const Status s = recorder.finish(system_clock());
  REQUIRE_FALSE(s.ok());
  CHECK(s.error().code() == Errc::invalid_argument);
  CHECK(test::read_text(dir / "taken") == "mine");
}

TEST_CASE("secrets are sealed with a key that is there only when it is needed") {
  const test::TempDir dir;
  const test::FakeClock clock;
  for (const char* name : {"one", "two"}) {
    ReadRecorder recorder(dir / name);
    recorder.record("a", "p", ReadOutcome::found(with_secret("a")));
    recorder.record("b", "p", ReadOutcome::found(test::resource("b")));
    REQUIRE(recorder.finish(clock).ok());
  }
  const Result<SecretKey> key = replay_key(dir / "one"), other = replay_key(dir / "two");
  REQUIRE(key.ok());
  REQUIRE_FALSE(key->empty());
  CHECK(key->bytes() != other->bytes());
  const ReadOutcome o = read_one(*replay(dir / "one"), test::resource("a"));
  const Value& sealed = *o.resource().attributes.find("password");
  CHECK(sealed.secret() == Secret::digest);
  CHECK(compare_secrets(sealed, Value(canary).mark(Secret::plain), *key) == SecretCompare::equal);
  CHECK(compare_secrets(sealed, Value("another").mark(Secret::plain), *key) == SecretCompare::different);
  CHECK(o.resource().attributes.string_or("region") == "eu");

  // Key and digests are all that differs.
  std::string one = test::read_text(dir / "one/reads.jsonl"), two = test::read_text(dir / "two/reads.jsonl");
  const auto neutral = [](std::string text, const SecretKey& k) {
    const std::string digest = k.digest(Value(canary).mark(Secret::plain));
    for (const std::string& what : {digest, k.id()})
      for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what)) text.replace(at, what.size(), "#");
    return text;
  };
  CHECK(one != two);
  CHECK(neutral(one, *key) == neutral(two, *other));

  // The folder is used again for reads without secrets: the old key goes.
  ReadRecorder again(dir / "one");
  again.record("b", "p", ReadOutcome::found(test::resource("b")));
  REQUIRE(again.finish(clock).ok());
  CHECK_FALSE(std::filesystem::exists(dir / "one/key"));
}

TEST_CASE("a key that does not belong to the recording is refused") {
  const test::TempDir dir;
  const test::FakeClock clock;
  ReadRecorder recorder(dir / "rec");
  recorder.record("a", "p", ReadOutcome::found(with_secret("a")));
  REQUIRE(recorder.finish(clock).ok());
  const std::string key = test::read_text(dir / "rec/key");
  for (const std::string& bad : {std::string("AAAA\n"), std::string("not base64!\n"), std::string()}) {
    dir.write("rec/key", bad);
    CHECK(replay_key(dir / "rec").error().code() == Errc::bad_structure);
  }
  std::filesystem::remove(dir / "rec/key");
  CHECK(replay_key(dir / "rec").error().code() == Errc::not_found);
  CHECK(replay_key(dir / "none").error().code() == Errc::not_found);
  dir.write("rec/key", key);
  CHECK(replay_key(dir / "rec").ok());
}

TEST_CASE("canary: the content of a sensitive file is in no file of a recording, nor are its hashes") {
  const test::TempDir dir;
  const std::string secret = std::string(canary) + "\n";
  dir.write("token", secret);
  const auto live = make_file_provider();
  Resource known = test::resource("local_sensitive_file.token", "local_sensitive_file");
  std::vector<std::string> hidden{canary, third::base64(secret)};
  Object& a = known.attributes.edit_object();
  a.set("filename", dir / "token");
  a.set("content", "old");
  a.set("content_sha256", std::string(64, '0'));
  a.set("content_md5", std::string(32, '0'));
  a.set("id", third::hex(third::digest(third::Hasher::sha1, secret)));
  known.id = std::string(a.find("id")->as_string());
  for (const auto algo : {third::Hasher::md5, third::Hasher::sha1, third::Hasher::sha256, third::Hasher::sha512}) {
    hidden.push_back(third::hex(third::digest(algo, secret)));
    hidden.push_back(third::base64(third::digest(algo, secret)));
  }
  const ReadOutcome outcome = read_one(*live, known);
  REQUIRE(outcome.is_found());
  ReadRecorder recorder(dir / "rec");
  recorder.record(known.address, "file", outcome);
  REQUIRE(recorder.finish(system_clock()).ok());
  for (const auto& entry : std::filesystem::directory_iterator(dir / "rec")) {
    const std::string text = test::read_text(entry.path().string());
    for (const std::string& h : hidden) CHECK(text.find(h) == std::string::npos);
  }
  // And still the replay tells that the content is what it is.
  const auto key = replay_key(dir / "rec");
  REQUIRE(key.ok());
  const ReadOutcome back = read_one(*replay(dir / "rec"), known);
  CHECK(compare_secrets(*back.resource().attributes.find("content"), Value(secret), *key) == SecretCompare::equal);
  CHECK(back.resource().id == known.id);
}

TEST_CASE("schema and lane are the live provider's, so that a replay is judged by the same facts") {
  const test::TempDir dir;
  record_four(dir / "rec", false);
  const auto live = std::make_shared<test::FakeProvider>();
  live->lane_of = [](const Resource&) { return "account 1"; };
  ProviderRegistry registry;
  registry.add(make_file_provider());
  registry.add(live);
  const auto p = replay(dir / "rec", registry);
  CHECK(p->schema("local_file") != nullptr);
  CHECK(p->schema("other") == nullptr);
  CHECK(p->lane(test::resource("a")) == "account 1");
  CHECK(p->lane(test::resource("a", "file")) == "file");
  const auto alone = replay(dir / "rec");
  CHECK(alone->lane(test::resource("d")) == "other");
  CHECK(alone->lane(test::resource("z")) == "replay");
  CHECK(alone->schema("local_file") == nullptr);
}

TEST_CASE("reads may be recorded from several threads; the last of an address counts") {
  const test::TempDir dir;
  const test::FakeClock clock;
  ReadRecorder recorder(dir / "rec");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&recorder, t] {
        for (int i = 0; i < 50; ++i) recorder.record(std::to_string(t * 50 + i), "p", ReadOutcome::found(with_secret(std::to_string(i))));
      });
  }
  recorder.record("7", "p", ReadOutcome::absent());
  REQUIRE(recorder.finish(clock).ok());
  const auto p = replay(dir / "rec");
  CHECK(read_one(*p, test::resource("7")).is_absent());
  for (int i = 0; i < 200; ++i) CHECK_FALSE(read_one(*p, test::resource(std::to_string(i))).is_failed());
}

TEST_CASE("a key that is given seals, and is named but never copied") {
  const test::TempDir dir;
  const test::FakeClock clock;
  const SecretKey key(std::string(32, 'k'));
  ReadRecorder open_reads(dir / "open", key), secret_reads(dir / "secret", key);
  open_reads.record("b", "p", ReadOutcome::found(test::resource("b")));
  secret_reads.record("a", "p", ReadOutcome::found(with_secret("a")));
  REQUIRE(open_reads.finish(clock).ok());
  REQUIRE(secret_reads.finish(clock).ok());
  CHECK(replay_key(dir / "open")->empty());
  CHECK(replay_key(dir / "open", key)->empty());
  for (const char* name : {"open/key", "secret/key"}) CHECK_FALSE(std::filesystem::exists(dir / name));
  CHECK(test::read_text(dir / "secret/reads.jsonl").find("\"key_id\":\"" + key.id() + '"') != std::string::npos);
  CHECK(replay_key(dir / "secret", key)->bytes() == key.bytes());
  for (const SecretKey& other : {SecretKey(), SecretKey(std::string(32, 'o'))}) {
    const Result<SecretKey> none = replay_key(dir / "secret", other);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code() == Errc::not_found);
    CHECK(none.error().next_step().find("DRIFT_KEY_FILE") != std::string::npos);
  }

  // A key of an earlier recording in the same folder does not stay.
  ReadRecorder own(dir / "again"), given(dir / "again", key);
  own.record("a", "p", ReadOutcome::found(with_secret("a")));
  given.record("a", "p", ReadOutcome::found(with_secret("a")));
  REQUIRE(own.finish(clock).ok());
  CHECK(replay_key(dir / "again", key)->bytes() != key.bytes());
  REQUIRE(given.finish(clock).ok());
  CHECK_FALSE(std::filesystem::exists(dir / "again/key"));
}

TEST_CASE("lists are replayed for each provider that was asked, with how they ended") {
  const test::TempDir dir;
  const test::FakeClock clock;
  ReadRecorder recorder(dir / "rec");
  recorder.record("a", "cloud", ReadOutcome::absent());
  recorder.record_list("cloud", {with_secret("stray")}, Error(Errc::io, "the connection broke").retryable());
  recorder.record_list("file", {}, Error(Errc::read_unsupported, "the provider cannot list"));
  recorder.record_list("none", {}, {});
  REQUIRE(recorder.finish(clock).ok());
  CHECK(test::read_text(dir / "rec/reads.jsonl").find(canary) == std::string::npos);

  const Result<ProviderRegistry> all = make_replay_providers(dir / "rec", {});
  REQUIRE(all.ok());
  REQUIRE(all->all().size() == 3);
  std::vector<std::string> seen;
  for (const auto& p : all->all()) {
    seen.emplace_back(p->name());
    CHECK(p->handles(test::resource("a")) == (seen.size() == 1));
    if (!p->capabilities().can_list) {
      seen.emplace_back("cannot");
      continue;
    }
    const Status s = p->list({}, [&](const Resource& r) { seen.push_back(r.address); }, {});
    if (!s.ok()) seen.push_back(s.error().message());
  }
  CHECK(seen == std::vector<std::string>{"cloud", "stray", "the connection broke", "file", "cannot", "none"});
  CHECK(read_one(*all->all().front(), test::resource("a")).is_absent());
  CHECK(read_one(*replay(dir / "rec"), test::resource("a")).is_absent());
}
