#include "report_body.hpp"

#include <algorithm>
#include <utility>

#include "drift/render/render.hpp"
#include "fence.hpp"
#include "options.hpp"

namespace drift::capi {
namespace {

constexpr std::size_t render_options_v1 = 16;
constexpr std::size_t summary_v1 = 104;
static_assert(render_options_v1 <= sizeof(drift_render_options) && summary_v1 <= sizeof(drift_summary));
// Rows of 0.1 (tests/capi/layout.c has the same numbers).
constexpr std::size_t finding_v1 = 112, change_v1 = 176, suppressed_v1 = 88, problem_v1 = 96, note_v1 = 48;
constexpr std::uint32_t render_flags =
    DRIFT_RENDER_FLAG_COLOR | DRIFT_RENDER_FLAG_ASCII | DRIFT_RENDER_FLAG_SUPPRESSED | DRIFT_RENDER_FLAG_NO_ELAPSED;

Result<TextOptions> text_options(const drift_render_options* given) {
  const Result<drift_render_options> o = options_in(given, render_options_v1, "options");
  if (!o) return o.error();
  DRIFT_TRY(known_flags(o->flags, render_flags, "options->flags"));
  TextOptions out;
  out.color = (o->flags & DRIFT_RENDER_FLAG_COLOR) != 0;
  out.unicode = (o->flags & DRIFT_RENDER_FLAG_ASCII) == 0;
  out.show_suppressed = (o->flags & DRIFT_RENDER_FLAG_SUPPRESSED) != 0;
  out.show_elapsed = (o->flags & DRIFT_RENDER_FLAG_NO_ELAPSED) == 0;
  if (o->width != 0) out.width = o->width == DRIFT_WIDTH_UNLIMITED ? 0 : o->width;
  out.max_findings = o->max_findings;
  return out;
}

template <class Entry>
bool has_address(const std::vector<Entry>& entries, std::string_view address) {
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& e) { return e.address == address; });
}

std::uint64_t changes_in(const Report& r, bool suppressed) {
  std::uint64_t n = 0;
  if (suppressed)
    for (const Suppressed& s : r.suppressed) n += s.changes.size();
  else
    for (const Finding& f : r.findings) n += f.changes.size();
  return n;
}

Result<std::uint64_t> count_of(const Report& r, std::int32_t what) {
  switch (what) {
    case DRIFT_COUNT_FINDINGS:
      return std::uint64_t{r.findings.size()};
    case DRIFT_COUNT_CHANGES:
      return changes_in(r, false);
    case DRIFT_COUNT_SUPPRESSED:
      return std::uint64_t{r.suppressed.size()};
    case DRIFT_COUNT_SUPPRESSED_CHANGES:
      return changes_in(r, true);
    case DRIFT_COUNT_PROBLEMS:
      return std::uint64_t{r.errors.size()};
    case DRIFT_COUNT_NOTES:
      return std::uint64_t{r.notes.size()};
    default:
      return Error(Errc::option_unsupported, "there is no such list").at("what").next("give a DRIFT_COUNT_* of this library's drift.h");
  }
}

drift_summary summary_of(const Report& r) {
  drift_summary s{};
  s.complete = r.complete ? 1 : 0;
  s.basis = basis_bits(r.basis);
  s.checked = r.summary.checked;
  s.drifted = r.summary.drifted;
  s.changed = r.summary.changed;
  s.deleted = r.summary.deleted;
  s.unmanaged = r.summary.unmanaged;
  s.unreadable = r.summary.unreadable;
  s.unsupported = r.summary.unsupported;
  s.suppressed = r.summary.suppressed;
  s.pending = r.summary.pending;
  s.skipped = r.summary.skipped;
  s.elapsed_ns = r.elapsed.count();
  return s;
}

}  // namespace
}  // namespace drift::capi

using namespace drift;        // NOLINT(google-build-using-namespace)
using namespace drift::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

void drift_summary_init(drift_summary* s, size_t size) {
  const drift_summary defaults = DRIFT_SUMMARY_INIT;
  options_init(s, size, defaults);
}

int32_t drift_report_find(const drift_report* r, const char* address, size_t n, uint64_t* out_index, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_index);
        DRIFT_CAPI_BODY(body, r);
        const Result<std::string_view> text = text_in(address, n, "address");
        if (!text) return text.error();
        const std::vector<Finding>& all = (*body)->report().findings;
        const auto at = std::lower_bound(all.begin(), all.end(), *text, [](const Finding& f, std::string_view a) { return f.address < a; });
        if (at == all.end() || at->address != *text) return DRIFT_END;
        *out_index = static_cast<std::uint64_t>(at - all.begin());
        return DRIFT_OK;
      },
      out_index);
}

int32_t drift_report_summary(const drift_report* r, drift_summary* out, drift_error** err) {
  return fence(err, [&]() -> Outcome {
    DRIFT_CAPI_OUT(out);
    const std::size_t size = out->struct_size;
    if (size < summary_v1)
      return Error(Errc::invalid_argument, "struct_size is smaller than the first version of the struct")
          .at("out")
          .next("set it to sizeof *out");
    std::memset(out, 0, size);
    out->struct_size = static_cast<std::uint32_t>(size);
    DRIFT_CAPI_BODY(body, r);
    const drift_summary s = summary_of((*body)->report());
    std::memcpy(out, &s, std::min(size, sizeof s));
    out->struct_size = static_cast<std::uint32_t>(size);
    return DRIFT_OK;
  });
}

int32_t drift_report_count(const drift_report* r, int32_t what, uint64_t* out_count, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_count);
        DRIFT_CAPI_BODY(body, r);
        const Result<std::uint64_t> n = count_of((*body)->report(), what);
        if (!n) return n.error();
        *out_count = *n;
        return DRIFT_OK;
      },
      out_count);
}

int32_t drift_report_findings(const drift_report* r, uint64_t first, drift_finding_view* views, size_t stride, size_t cap, size_t* out_got,
                              drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_got);
        DRIFT_CAPI_BODY(body, r);
        return page((*body)->findings(), finding_v1, first, views, stride, cap, out_got);
      },
      out_got);
}

int32_t drift_report_changes(const drift_report* r, int32_t of, uint64_t first, drift_change_view* views, size_t stride, size_t cap,
                             size_t* out_got, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_got);
        DRIFT_CAPI_BODY(body, r);
        if (of == DRIFT_OF_FINDINGS) return page((*body)->changes_of_findings(), change_v1, first, views, stride, cap, out_got);
        if (of == DRIFT_OF_SUPPRESSED) return page((*body)->changes_of_suppressed(), change_v1, first, views, stride, cap, out_got);
        return Error(Errc::option_unsupported, "there is no such list").at("of").next("give a DRIFT_OF_* of this library's drift.h");
      },
      out_got);
}

int32_t drift_report_suppressed(const drift_report* r, uint64_t first, drift_suppressed_view* views, size_t stride, size_t cap,
                                size_t* out_got, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_got);
        DRIFT_CAPI_BODY(body, r);
        return page((*body)->suppressed(), suppressed_v1, first, views, stride, cap, out_got);
      },
      out_got);
}

int32_t drift_report_problems(const drift_report* r, uint64_t first, drift_problem_view* views, size_t stride, size_t cap, size_t* out_got,
                              drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_got);
        DRIFT_CAPI_BODY(body, r);
        return page((*body)->problems(), problem_v1, first, views, stride, cap, out_got);
      },
      out_got);
}

int32_t drift_report_notes(const drift_report* r, uint64_t first, drift_note_view* views, size_t stride, size_t cap, size_t* out_got,
                           drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_got);
        DRIFT_CAPI_BODY(body, r);
        return page((*body)->notes(), note_v1, first, views, stride, cap, out_got);
      },
      out_got);
}

void drift_render_options_init(drift_render_options* o, size_t size) {
  const drift_render_options defaults = DRIFT_RENDER_OPTIONS_INIT;
  options_init(o, size, defaults);
}

int32_t drift_report_render(const drift_report* r, int32_t format, const drift_render_options* options, drift_blob** out_text,
                            drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_text);
        DRIFT_CAPI_BODY(body, r);
        const Result<TextOptions> o = text_options(options);
        if (!o) return o.error();
        const Report& report = (*body)->report();
        std::string text;
        switch (format) {
          case DRIFT_RENDER_TEXT:
            text = render_text(report, *o);
            break;
          case DRIFT_RENDER_JSON:
          case DRIFT_RENDER_JSON_COMPACT:
            text = render_json(report, format == DRIFT_RENDER_JSON);
            break;
          case DRIFT_RENDER_HEADLINE:
            text = render_headline(report, o->show_elapsed);
            break;
          default:
            return Error(Errc::option_unsupported, "there is no such format")
                .at("format")
                .next("give a DRIFT_RENDER_* of this library's drift.h");
        }
        *out_text = new_handle<drift_blob>(std::move(text));
        return DRIFT_OK;
      },
      out_text);
}

int32_t drift_report_explain(const drift_report* r, const char* address, size_t n, const drift_render_options* options,
                             drift_blob** out_text, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_text);
        DRIFT_CAPI_BODY(body, r);
        const Result<TextOptions> o = text_options(options);
        if (!o) return o.error();
        const Result<std::string_view> text = text_in(address, n, "address");
        if (!text) return text.error();
        const Report& report = (*body)->report();
        if (!has_address(report.findings, *text) && !has_address(report.suppressed, *text) && !has_address(report.errors, *text))
          return DRIFT_END;
        *out_text = new_handle<drift_blob>(render_explain(report, *text, *o));
        return DRIFT_OK;
      },
      out_text);
}

int32_t drift_report_ref(const drift_report* r, drift_report** out_report, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_report);
        DRIFT_CAPI_BODY(body, r);
        *out_report = new_handle<drift_report>(*body);
        return DRIFT_OK;
      },
      out_report);
}

void drift_report_free(drift_report* r) { end_handle(r); }

}  // extern "C"
