#include "third/curl_transport.hpp"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <mutex>
#include <new>
#include <utility>

#include "base/web_url.hpp"
#include "third/digest.hpp"

namespace drift::third {
namespace {

// How long a wait goes on before cancel and deadline are looked at again.
constexpr int look_every_ms = 50;

// libcurl writes with OpenSSL, which does not say MSG_NOSIGNAL, and starts a thread to resolve names, which takes this thread's mask.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT}) sigdelset(&all, fault);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
    waited_before_ = pipe_waits();
  }
  ~NoSignals() {
    if (!waited_before_ && pipe_waits()) {  // of this thread's own making
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      const timespec now{};
      sigtimedwait(&pipe, nullptr, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  static bool pipe_waits() {
    sigset_t waiting;
    sigemptyset(&waiting);
    return sigpending(&waiting) == 0 && sigismember(&waiting, SIGPIPE) == 1;
  }
  sigset_t before_{};
  bool waited_before_ = false;
};

template <auto Free>
struct With {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using Easy = std::unique_ptr<CURL, With<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, With<curl_multi_cleanup>>;
using Lines = std::unique_ptr<curl_slist, With<curl_slist_free_all>>;

// What the callbacks write to. They must not throw: libcurl is C.
struct Answer {
  HttpResponse response;
  std::uint64_t most = 0;
  bool too_long = false;
  bool no_memory = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) noexcept {
  auto& answer = *static_cast<Answer*>(to);
  const std::size_t n = size * count;
  if (n > answer.most - std::min<std::uint64_t>(answer.most, answer.response.body.size())) {
    answer.too_long = true;
    return CURL_WRITEFUNC_ERROR;
  }
  try {
    answer.response.body.append(bytes, n);
  } catch (const std::bad_alloc&) {
    answer.no_memory = true;
    return CURL_WRITEFUNC_ERROR;
  }
  return n;
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r' || s.back() == '\n')) s.remove_suffix(1);
  return s;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* to) noexcept {
  auto& answer = *static_cast<Answer*>(to);
  const std::string_view line(bytes, size * count);
  try {
    if (line.starts_with("HTTP/")) answer.response.headers.clear();  // those of a proxy, or of an interim answer
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
      answer.response.headers.push_back({std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))});
  } catch (const std::bad_alloc&) {
    answer.no_memory = true;
    return 0;
  }
  return line.size();
}

// Once, in whatever thread comes first; libcurl from 7.84 on does not mind others of the process.
void make_ready() {
  static std::once_flag once;
  std::call_once(once, [] {
    outlive_main();  // before libcurl readies OpenSSL with an exit handler
    curl_global_init(CURL_GLOBAL_DEFAULT);
  });
}

template <class T>
void set(CURL* easy, CURLoption option, T value) {
  curl_easy_setopt(easy, option, value);
}

long milliseconds(Clock::Duration d) { return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(d).count()); }
long seconds(Clock::Duration d) { return std::max(1L, static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(d).count())); }

void allow_only_http(CURL* easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  set(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

Lines header_lines(const HttpRequest& request) {
  Lines lines;
  const auto add = [&](const std::string& line) {
    curl_slist* const longer = curl_slist_append(lines.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)lines.release();
    lines.reset(longer);
  };
  for (const HttpHeader& h : request.headers) add(h.name + ": " + h.value);
  add("Expect:");  // nobody waits a second for a 100 that never comes
  return lines;
}

void prepare(CURL* easy, const HttpRequest& request, curl_slist* lines, Answer& answer) {
  set(easy, CURLOPT_URL, request.url.c_str());
  set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  set(easy, CURLOPT_HTTPHEADER, lines);
  if (!request.body.empty() || request.method == "POST") {
    set(easy, CURLOPT_POSTFIELDS, request.body.data());
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  allow_only_http(easy);
  // Whoever runs this machine sees what goes to it; whoever runs the proxy of http_proxy shall not. As Go's net/http.
  if (base_internal::is_loopback_url(request.url)) set(easy, CURLOPT_PROXY, "");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_ACCEPT_ENCODING, "");  // all that this libcurl can undo
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, std::max(1L, milliseconds(request.connect_timeout)));
  set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(easy, CURLOPT_LOW_SPEED_TIME, seconds(request.idle_timeout));
  set(easy, CURLOPT_WRITEFUNCTION, &take_body);
  set(easy, CURLOPT_WRITEDATA, &answer);
  set(easy, CURLOPT_HEADERFUNCTION, &take_header);
  set(easy, CURLOPT_HEADERDATA, &answer);
}

Error no_answer(CURLcode code) {
  const std::string why = curl_easy_strerror(code);  // a fixed text: nothing of the request is in it
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return Error(Errc::invalid_argument, "the URL could not be used: " + why).next("give a URL like https://api.pulumi.com");
    case CURLE_PARTIAL_FILE:
      return Error(Errc::truncated, "the server's answer ended too early").next("try again").retryable();
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      return Error(Errc::io, "the server could not prove who it is: " + why)
          .next("let this machine trust the authority that signed the server's certificate");
    case CURLE_OPERATION_TIMEDOUT:
      return Error(Errc::io, "the server did not answer in time").next("look whether it can be reached, and try again").retryable();
    case CURLE_OUT_OF_MEMORY:
      throw std::bad_alloc();
    default:
      return Error(Errc::io, "the server could not be reached: " + why).next("look at the network and the proxy settings").retryable();
  }
}

Error too_long(std::uint64_t most) {
  return Error(Errc::byte_limit, "the server's answer was longer than the limit of " + std::to_string(most) + " bytes")
      .next("raise the byte limit if the server is to be trusted");
}

int wait_ms(const OpContext& ctx) {
  const Clock::Duration left = ctx.deadline.left(*ctx.clock);
  if (left > std::chrono::milliseconds(look_every_ms)) return look_every_ms;
  return static_cast<int>(std::max(1L, milliseconds(left)));
}

class CurlTransport final : public Transport {
 public:
  Result<HttpResponse> send(const HttpRequest& request, const OpContext& ctx) override {
    DRIFT_TRY(ctx.check());
    make_ready();
    const NoSignals none;
    const Lines lines = header_lines(request);
    Answer answer;
    answer.most = request.max_body;
    const Easy easy(curl_easy_init());
    const Multi multi(curl_multi_init());
    if (easy == nullptr || multi == nullptr) throw std::bad_alloc();
    prepare(easy.get(), request, lines.get(), answer);
    Result<CURLcode> ended = perform(multi.get(), easy.get(), ctx);
    if (!ended) return std::move(ended).error();
    if (answer.no_memory) throw std::bad_alloc();
    if (answer.too_long) return too_long(request.max_body);
    if (*ended != CURLE_OK) return no_answer(*ended);
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    answer.response.status = static_cast<int>(status);
    return std::move(answer.response);
  }

 private:
  static Result<CURLcode> perform(CURLM* multi, CURL* easy, const OpContext& ctx) {
    curl_multi_add_handle(multi, easy);
    Result<CURLcode> ended = drive(multi, ctx);
    curl_multi_remove_handle(multi, easy);
    return ended;
  }

  static Result<CURLcode> drive(CURLM* multi, const OpContext& ctx) {
    for (;;) {
      DRIFT_TRY(ctx.check());
      int running = 0;
      if (curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
      int left = 0;
      const CURLMsg* const message = curl_multi_info_read(multi, &left);
      if (message != nullptr && message->msg == CURLMSG_DONE) return message->data.result;
      if (running == 0) return CURLE_FAILED_INIT;
      curl_multi_poll(multi, nullptr, 0, wait_ms(ctx), nullptr);
    }
  }
};

}  // namespace

std::shared_ptr<Transport> make_curl_transport() { return std::make_shared<CurlTransport>(); }

}  // namespace drift::third
