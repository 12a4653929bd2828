#include "third/http2.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <exception>
#include <new>
#include <unordered_map>
#include <utility>

namespace drift::third {
namespace {

// What is still to be sent on a stream.
struct Outgoing {
  std::string bytes;
  std::size_t at = 0;
  bool ended = false;
  bool sent = false;     // with its end
  bool waiting = false;  // nghttp2 was told to come back when there is more
  std::vector<std::pair<std::string, std::string>> trailers{};
};

std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));  // NOLINT: nghttp2 copies it and never writes to it
}

nghttp2_nv as_nv(std::string_view name, std::string_view value) {
  return {bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::vector<nghttp2_nv> as_nvs(const Http2Session::Headers& headers) {
  std::vector<nghttp2_nv> out;
  out.reserve(headers.size());
  for (const Http2Header& h : headers) out.push_back(as_nv(h.name, h.value));
  return out;
}

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

}  // namespace

struct Http2Session::State {
  Http2Events& events;
  nghttp2_session* session = nullptr;
  std::unordered_map<std::int32_t, Outgoing> outgoing{};
  std::string fault{};
  bool server = false;

  explicit State(Http2Events& e) : events(e) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { nghttp2_session_del(session); }

  // Runs a handler; what it throws ends the connection.
  template <class Handler>
  int guarded(Handler handler) noexcept {
    try {
      handler();
      return 0;
    } catch (const std::exception& e) {
      note(e.what());
    } catch (...) {
      note("an exception of an unknown kind");
    }
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }

  void note(const char* text) noexcept {
    try {
      if (fault.empty()) fault = text;
    } catch (const std::bad_alloc&) {
      fault.clear();  // the return codes tell of the failure all the same
    }
  }

  bool took(long rv) noexcept {
    if (rv >= 0) return true;
    note(nghttp2_strerror(static_cast<int>(rv)));
    return false;
  }

  int submit_trailers(std::int32_t stream, const Outgoing& out) const {
    std::vector<nghttp2_nv> nvs;
    nvs.reserve(out.trailers.size());
    for (const auto& [name, value] : out.trailers) nvs.push_back(as_nv(name, value));
    return nghttp2_submit_trailer(session, stream, nvs.data(), nvs.size());
  }

  // Fills one DATA frame.
  ssize_t read_body(std::int32_t stream, std::uint8_t* buffer, std::size_t size, std::uint32_t* flags) {
    const auto found = outgoing.find(stream);
    if (found == outgoing.end()) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    Outgoing& out = found->second;
    const std::size_t n = std::min(size, out.bytes.size() - out.at);
    std::copy_n(out.bytes.data() + out.at, n, buffer);
    out.at += n;
    if (out.at < out.bytes.size()) return static_cast<ssize_t>(n);
    out.bytes.clear();
    out.at = 0;
    if (out.ended) {
      out.sent = true;
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!out.trailers.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        if (submit_trailers(stream, out) != 0) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
      }
    } else if (n == 0) {
      out.waiting = true;
      return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(n);
  }

  void resume(std::int32_t stream, Outgoing& out) {
    if (!std::exchange(out.waiting, false)) return;
    took(nghttp2_session_resume_data(session, stream));
  }

  // A server that has answered in full takes no more of the request.
  void leave_unsent(std::int32_t stream) {
    const auto found = outgoing.find(stream);
    if (server || found == outgoing.end() || found->second.sent) return;
    took(nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_NO_ERROR));
  }

  int on_frame(const nghttp2_frame& frame) {
    return guarded([&] {
      const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
      if (frame.hd.type == NGHTTP2_SETTINGS && (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) events.on_settings();
      if (frame.hd.type == NGHTTP2_GOAWAY) events.on_goaway(frame.goaway.last_stream_id, static_cast<Http2Code>(frame.goaway.error_code));
      if ((frame.hd.type == NGHTTP2_DATA || frame.hd.type == NGHTTP2_HEADERS) && ends) {
        events.on_end(frame.hd.stream_id);
        leave_unsent(frame.hd.stream_id);
      }
    });
  }
};

namespace {

using State = Http2Session::State;
State& state_of(void* user) { return *static_cast<State*>(user); }

int on_header(nghttp2_session* /*session*/, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
              const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/, void* user) {
  return state_of(user).guarded(
      [&] { state_of(user).events.on_header(frame->hd.stream_id, text_of(name, name_size), text_of(value, value_size)); });
}

int on_data(nghttp2_session* /*session*/, std::uint8_t /*flags*/, std::int32_t stream, const std::uint8_t* data, std::size_t size,
            void* user) {
  return state_of(user).guarded([&] { state_of(user).events.on_data(stream, text_of(data, size)); });
}

int on_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user) { return state_of(user).on_frame(*frame); }

int on_close(nghttp2_session* /*session*/, std::int32_t stream, std::uint32_t code, void* user) {
  return state_of(user).guarded([&] {
    state_of(user).outgoing.erase(stream);
    state_of(user).events.on_close(stream, static_cast<Http2Code>(code));
  });
}

// A request that could not begin (the peer sent GOAWAY meanwhile, or the stream was cancelled while it waited).
int on_not_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, int /*why*/, void* user) {
  if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  return state_of(user).guarded([&] {
    if (state_of(user).outgoing.erase(frame->hd.stream_id) > 0)
      state_of(user).events.on_close(frame->hd.stream_id, Http2Code::refused_stream);
  });
}

// Why the connection is given up, when the peer's frames are the reason. The library's own words for it could hold values of headers.
int on_error(nghttp2_session* /*session*/, int code, const char* /*text*/, std::size_t /*size*/, void* user) {
  if (code == NGHTTP2_ERR_SETTINGS_EXPECTED) state_of(user).note("the peer does not speak HTTP/2");
  return 0;
}

int on_invalid_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame, int code, void* user) {
  if (frame->hd.stream_id == 0) state_of(user).note(nghttp2_strerror(code));
  return 0;
}

ssize_t read_body(nghttp2_session* /*session*/, std::int32_t stream, std::uint8_t* buffer, std::size_t size, std::uint32_t* flags,
                  nghttp2_data_source* /*source*/, void* user) {
  return state_of(user).read_body(stream, buffer, size, flags);
}

nghttp2_session* make_session(bool server, State* state) {
  nghttp2_session_callbacks* calls = nullptr;
  if (nghttp2_session_callbacks_new(&calls) != 0) throw std::bad_alloc();
  nghttp2_session_callbacks_set_on_header_callback(calls, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(calls, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(calls, on_close);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(calls, on_not_sent);
  nghttp2_session_callbacks_set_error_callback2(calls, on_error);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(calls, on_invalid_frame);
  nghttp2_session* session = nullptr;
  const int rv = server ? nghttp2_session_server_new(&session, calls, state) : nghttp2_session_client_new(&session, calls, state);
  nghttp2_session_callbacks_del(calls);
  if (rv != 0) throw std::bad_alloc();
  return session;
}

}  // namespace

std::string_view http2_code_name(Http2Code code) noexcept { return nghttp2_http2_strerror(static_cast<std::uint32_t>(code)); }

Http2Session::Http2Session(const Http2Options& options, Http2Events& events) : s_(std::make_unique<State>(events)) {
  s_->server = options.server;
  s_->session = make_session(options.server, s_.get());
  std::vector<nghttp2_settings_entry> settings = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.stream_window}};
  if (options.server)
    settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.max_streams});
  else
    settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  if (nghttp2_submit_settings(s_->session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) != 0) throw std::bad_alloc();
  const auto window = static_cast<std::int32_t>(std::min<std::uint32_t>(options.connection_window, NGHTTP2_MAX_WINDOW_SIZE));
  if (nghttp2_session_set_local_window_size(s_->session, NGHTTP2_FLAG_NONE, 0, window) != 0) throw std::bad_alloc();
}

Http2Session::~Http2Session() = default;

std::optional<std::int32_t> Http2Session::request(const Headers& headers, std::string body, bool end) {
  const std::vector<nghttp2_nv> nvs = as_nvs(headers);
  nghttp2_data_provider provider{};
  provider.read_callback = read_body;
  const std::int32_t stream = nghttp2_submit_request(s_->session, nullptr, nvs.data(), nvs.size(), &provider, nullptr);
  if (stream < 0) return std::nullopt;
  s_->outgoing.emplace(stream, Outgoing{std::move(body), 0, end});
  return stream;
}

void Http2Session::respond(std::int32_t stream, const Headers& headers, bool end) {
  const std::vector<nghttp2_nv> nvs = as_nvs(headers);
  nghttp2_data_provider provider{};
  provider.read_callback = read_body;
  if (!end) s_->outgoing.emplace(stream, Outgoing{});
  if (nghttp2_submit_response(s_->session, stream, nvs.data(), nvs.size(), end ? nullptr : &provider) != 0) s_->outgoing.erase(stream);
}

void Http2Session::send(std::int32_t stream, std::string_view bytes) {
  const auto found = s_->outgoing.find(stream);
  if (found == s_->outgoing.end() || found->second.ended) return;
  found->second.bytes.append(bytes);
  s_->resume(stream, found->second);
}

void Http2Session::finish(std::int32_t stream, const Headers& trailers) {
  const auto found = s_->outgoing.find(stream);
  if (found == s_->outgoing.end() || found->second.ended) return;
  found->second.ended = true;
  for (const Http2Header& h : trailers) found->second.trailers.emplace_back(h.name, h.value);
  s_->resume(stream, found->second);
}

void Http2Session::reset(std::int32_t stream, Http2Code code) {
  s_->took(nghttp2_submit_rst_stream(s_->session, NGHTTP2_FLAG_NONE, stream, static_cast<std::uint32_t>(code)));
}

void Http2Session::goaway(Http2Code code) {
  const std::int32_t last = nghttp2_session_get_last_proc_stream_id(s_->session);
  s_->took(nghttp2_submit_goaway(s_->session, NGHTTP2_FLAG_NONE, last, static_cast<std::uint32_t>(code), nullptr, 0));
}

bool Http2Session::feed(std::string_view bytes) { return s_->took(nghttp2_session_mem_recv(s_->session, bytes_of(bytes), bytes.size())); }

std::string_view Http2Session::pull() {
  const std::uint8_t* data = nullptr;
  const ssize_t n = nghttp2_session_mem_send(s_->session, &data);
  if (!s_->took(n) || n == 0) return {};
  return text_of(data, static_cast<std::size_t>(n));
}

bool Http2Session::over() const { return nghttp2_session_want_read(s_->session) == 0 && nghttp2_session_want_write(s_->session) == 0; }

const std::string& Http2Session::fault() const noexcept { return s_->fault; }

}  // namespace drift::third
