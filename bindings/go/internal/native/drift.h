/*
 * drift.h: the C interface of libdrift, which finds and explains infrastructure drift inside the caller's process.
 *
 * Conventions (docs/abi.md has the reasons):
 *
 * Handles are opaque. What drift_x_new/_open/_start gives belongs to the caller, who ends it with drift_x_free. Freeing NULL does nothing;
 * handles may be freed in any order, what others need is kept. A NULL, wrong or freed handle is DRIFT_E_HANDLE; after thousands of
 * frees more, a freed one may be the name of a new one.
 *
 * Calls that can fail return 0 (DRIFT_OK), a negative DRIFT_E_* code, or a positive word that is no failure (DRIFT_TIMEOUT, DRIFT_END).
 * Where `err` is not NULL, a failure puts a new drift_error there, which the caller frees; otherwise it is set to NULL. (What a function of
 * drift_host returned comes back unchanged, and without a drift_error.) Outputs are set on success, and to NULL or 0 on failure, a file
 * descriptor to -1. Any other output pointer must not be NULL, unless the call says so. Any call can fail with DRIFT_E_INVALID_ARGUMENT
 * (which one, its error says), DRIFT_E_HANDLE, DRIFT_E_FORKED, DRIFT_E_BAD_UTF8 and the 900 family; others stand with the function.
 *
 * Text comes in as (pointer, length) of UTF-8, with DRIFT_NUL as the length of a text that ends with a zero byte, and is copied. Text
 * goes out borrowed: it lives until its owner is freed, and has a zero byte behind it. Paths are as they were given, so that one that is no
 * UTF-8 is none in an error either. What documents say (addresses, values) is not made safe for a terminal; what drift_report_render() and
 * drift_report_explain() give is.
 *
 * Option structs begin with struct_size = sizeof of what the caller was compiled with (the DRIFT_*_INIT macros set it). Zero always means
 * the default. A later library knows more members, never fewer; one that is set and not known is DRIFT_E_OPTION_UNSUPPORTED.
 *
 * Numbers that name something (verdicts, kinds, codes) can get more values: treat one that you do not know as "other". A code that you do
 * not know is treated as its family, code / 100 * 100.
 *
 * No callback ever runs on a thread of the library. What the library wants of its host (a read, a document, the time) is an event that the
 * host pulls with drift_run_next(), and answers.
 *
 * Each function ends with its threads: "any" = from any thread at once; "shared" = as long as nobody frees the handle meanwhile;
 * "owner" = one thread at a time.
 */
#ifndef DRIFT_H
#define DRIFT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DRIFT_HEADER_VERSION 1000u /* major * 1000000 + minor * 1000 + patch */

#if defined(_WIN32)
#define DRIFT_CALL __cdecl
#if defined(DRIFT_BUILDING)
#define DRIFT_API __declspec(dllexport)
#elif defined(DRIFT_STATIC)
#define DRIFT_API
#else
#define DRIFT_API __declspec(dllimport)
#endif
#else
#define DRIFT_CALL
#if defined(DRIFT_BUILDING)
#define DRIFT_API __attribute__((visibility("default")))
#else
#define DRIFT_API
#endif
#endif

/* Words for readers and generators of bindings; they mean nothing to a compiler. */
#define DRIFT_OWNED    /* the caller frees it */
#define DRIFT_BORROWED /* lives as long as what it came from */
#define DRIFT_TAKES    /* on success the handle is the library's and must not be used again */

#define DRIFT_NUL SIZE_MAX

/* ---- Results ---------------------------------------------------------------------------------------------------------------------- */

#define DRIFT_OK 0
#define DRIFT_TIMEOUT 1 /* nothing happened in that time */
#define DRIFT_END 2     /* there is no more, or no such thing */

/* 100: the caller's arguments and configuration */
#define DRIFT_E_INVALID_ARGUMENT (-101)
#define DRIFT_E_CONFIG_INVALID (-110)
#define DRIFT_E_CONFIG_UNKNOWN_KEY (-111)
#define DRIFT_E_INVALID_RULE (-120)
#define DRIFT_E_AMBIGUOUS_RULE (-121)
#define DRIFT_E_HANDLE (-130)             /* NULL, of another kind, or freed */
#define DRIFT_E_CLOSED (-131)             /* freed while this call was waiting */
#define DRIFT_E_BUSY (-132)               /* not now: another thread, or the run's pump, is at it */
#define DRIFT_E_OPTION_UNSUPPORTED (-133) /* an option that this library does not know */
#define DRIFT_E_FORKED (-134)             /* the handle was made before fork() */
/* 200: documents */
#define DRIFT_E_PARSE (-201)
#define DRIFT_E_DUPLICATE_KEY (-202)
#define DRIFT_E_BAD_UTF8 (-203)
#define DRIFT_E_LONE_SURROGATE (-204)
#define DRIFT_E_TRAILING_BYTES (-205)
#define DRIFT_E_TRUNCATED (-206)
#define DRIFT_E_DEPTH_LIMIT (-210)
#define DRIFT_E_NODE_LIMIT (-211)
#define DRIFT_E_BYTE_LIMIT (-212)
#define DRIFT_E_UNKNOWN_FORMAT (-220)
#define DRIFT_E_UNSUPPORTED_VERSION (-221)
#define DRIFT_E_UNSUPPORTED_FEATURE (-222)
#define DRIFT_E_ENCRYPTED_STATE (-223)
#define DRIFT_E_BAD_STRUCTURE (-224)
#define DRIFT_E_DUPLICATE_ADDRESS (-225)
/* 300: the operating system */
#define DRIFT_E_NOT_FOUND (-301)
#define DRIFT_E_PERMISSION (-302)
#define DRIFT_E_IO (-303)
#define DRIFT_E_CHANGED_WHILE_READING (-304)
/* 400: reads of live resources */
#define DRIFT_E_READ_FAILED (-401)
#define DRIFT_E_READ_AUTH (-402)
#define DRIFT_E_READ_THROTTLED (-403)
#define DRIFT_E_READ_TIMEOUT (-404)
#define DRIFT_E_READ_UNSUPPORTED (-405)
#define DRIFT_E_MASS_DELETION (-406)
#define DRIFT_E_REPLAY_MISS (-407)
/* 500: the operation was stopped */
#define DRIFT_E_CANCELLED (-501)
#define DRIFT_E_DEADLINE (-502)
/* 900: the library itself */
#define DRIFT_E_INTERNAL (-901)
#define DRIFT_E_OUT_OF_MEMORY (-902)

/* ---- Types ------------------------------------------------------------------------------------------------------------------------ */

typedef struct drift_error drift_error;       /* why a call failed */
typedef struct drift_blob drift_blob;         /* bytes that a call made */
typedef struct drift_engine drift_engine;     /* a configuration, ready to scan */
typedef struct drift_source drift_source;     /* where a document comes from */
typedef struct drift_builder drift_builder;   /* a snapshot in the making */
typedef struct drift_snapshot drift_snapshot; /* a document that was read; immutable */
typedef struct drift_run drift_run;           /* a scan or an accept that is under way */
typedef struct drift_event drift_event;       /* what a run tells or wants */
typedef struct drift_report drift_report;     /* what a scan found; immutable */

typedef struct drift_text {
  const char *p; /* UTF-8, a zero byte behind it; NULL: there is none */
  size_t n;      /* bytes */
} drift_text;

/* ---- The library ------------------------------------------------------------------------------------------------------------------ */

/* "0.1.0". Since 0.1. Threads: any. */
DRIFT_API DRIFT_BORROWED const char *DRIFT_CALL drift_version(void);
/* As DRIFT_HEADER_VERSION, of the library that runs. Since 0.1. Threads: any. */
DRIFT_API uint32_t DRIFT_CALL drift_version_number(void);
/* DRIFT_OK when a program compiled with `header_version` (its DRIFT_HEADER_VERSION) works with this library, else DRIFT_E_OPTION_UNSUPPORTED:
 * before 1.0 the minor number has to be the same, from then on the major one, and the library may not be older. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_version_check(uint32_t header_version);

/* ---- Errors ----------------------------------------------------------------------------------------------------------------------- */

#define DRIFT_ERROR_MESSAGE 1  /* what happened, one line, with position and contexts; never a value from a document */
#define DRIFT_ERROR_SUBJECT 2  /* the file, address or option that it is about; can be empty */
#define DRIFT_ERROR_NEXT 3     /* what the person can do; can be empty */
#define DRIFT_ERROR_CONTEXTS 4 /* "while ..." lines, innermost first, a newline between; can be empty */
#define DRIFT_ERROR_BARE 5     /* MESSAGE without subject, position, contexts and code */

/* The DRIFT_E_* code; stable for ever. DRIFT_E_HANDLE for no error. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_error_code(const drift_error *e);
/* "E_NOT_FOUND". Lives as long as the program. Since 0.1. Threads: shared. */
DRIFT_API DRIFT_BORROWED const char *DRIFT_CALL drift_error_name(const drift_error *e);
/* One of the texts DRIFT_ERROR_*, borrowed from `e`; empty for one that is not known. Since 0.1. Threads: shared. */
DRIFT_API void DRIFT_CALL drift_error_text(const drift_error *e, int32_t which, DRIFT_BORROWED const char **p, size_t *n);
/* 1 when trying again later may succeed. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_error_is_retryable(const drift_error *e);
/* Where in a document: line and column from 1, byte from 0. DRIFT_END (and zeros) when the error is about no place. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_error_position(const drift_error *e, uint64_t *line, uint64_t *column, uint64_t *byte);
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_error_free(DRIFT_TAKES drift_error *e);

/* The word that texts and JSON have for a number, by DRIFT_NAME_*: "E_READ_AUTH", "changed", "critical". "unknown" (E_UNKNOWN for a code) for one that
 * this library does not know. Lives as long as the program. Since 0.1. Threads: any. */
DRIFT_API DRIFT_BORROWED const char *DRIFT_CALL drift_name(int32_t what, int32_t number);

#define DRIFT_NAME_CODE 1           /* DRIFT_E_* */
#define DRIFT_NAME_VERDICT 2        /* DRIFT_VERDICT_* */
#define DRIFT_NAME_RISK 3           /* DRIFT_RISK_INFO and on */
#define DRIFT_NAME_RISK_CLASS 4     /* DRIFT_RISK_CLASS_* */
#define DRIFT_NAME_RISK_DIRECTION 5 /* DRIFT_RISK_NEUTRAL and on */
#define DRIFT_NAME_CHANGE 6         /* DRIFT_CHANGE_* */
#define DRIFT_NAME_RELATION 7       /* DRIFT_RELATION_* */
#define DRIFT_NAME_SECTION 8        /* DRIFT_SECTION_* */
#define DRIFT_NAME_MODE 9           /* DRIFT_MODE_HIDE and on */
#define DRIFT_NAME_CLASS 10         /* DRIFT_CLASS_* */

/* ---- Bytes ------------------------------------------------------------------------------------------------------------------------ */

/* The bytes, borrowed from `b`. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_blob_data(const drift_blob *b, DRIFT_BORROWED const char **p, size_t *n);
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_blob_free(DRIFT_TAKES drift_blob *b);

/* ---- Configuration ---------------------------------------------------------------------------------------------------------------- */

/*
 * An engine from one configuration: JSON (or YAML), an object with any of the keys that drift_config_describe() lists; n = 0: defaults.
 *   {"project":"drift.yaml"}                                      what a project file says; its paths are relative to its folder
 *   {"settings":{"ignore":[...], "parallel":16}}                  the same keys, in place (docs/drift.yaml.md)
 *   {"providers":[{"name":"acme","types":["acme_*"]}]}            resource types whose reads the host answers (DRIFT_EV_WANT_READ)
 *   {"stack":"project/stack"}                                     a Pulumi stack where it lives, as the state
 *   {"record":"DIR"}, {"replay":"DIR"}, {"key_file":"F"}, ...
 * DRIFT_E_CONFIG_*, DRIFT_E_INVALID_RULE, or DRIFT_E_NOT_FOUND and its family for a file. Since 0.1. Threads: any.
 */
DRIFT_API int32_t DRIFT_CALL drift_engine_new(const char *config, size_t n, DRIFT_OWNED drift_engine **out_engine, drift_error **err);
/* Runs that were started go on. Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_engine_free(DRIFT_TAKES drift_engine *engine);
/* Every key of a configuration as JSON: [{"key","type","default","meaning"}]. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_config_describe(DRIFT_OWNED drift_blob **out_json, drift_error **err);

/* ---- Documents -------------------------------------------------------------------------------------------------------------------- */

/* A source can be used in any number of calls, and freed as soon as the call that it was given to has returned. */

/* A file that is opened when it is read. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_source_file(const char *path, size_t n, DRIFT_OWNED drift_source **out_source, drift_error **err);
/* Bytes that are copied; `name` stands in errors and may be empty. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_source_bytes(const char *bytes, size_t n, const char *name, size_t name_n, DRIFT_OWNED drift_source **out_source,
                                                drift_error **err);
/* Bytes that the caller keeps, unchanged, until the source, and every snapshot and run made from it, are freed (drift_run_free() then waits until the
 * run has stopped). Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_source_borrow(const char *bytes, size_t n, const char *name, size_t name_n, DRIFT_OWNED drift_source **out_source,
                                                 drift_error **err);
/* A snapshot that was opened or built. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_source_snapshot(const drift_snapshot *snapshot, DRIFT_OWNED drift_source **out_source, drift_error **err);
/* A document that the host fetches while the run goes on: DRIFT_EV_WANT_SOURCE, with this name. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_source_host(const char *name, size_t n, DRIFT_OWNED drift_source **out_source, drift_error **err);
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_source_free(DRIFT_TAKES drift_source *source);

/* ---- Snapshots -------------------------------------------------------------------------------------------------------------------- */

typedef struct drift_resource_view {
  drift_text address;
  drift_text type;
  int32_t kind;   /* DRIFT_RESOURCE_* */
  uint32_t flags; /* DRIFT_RESOURCE_PENDING_* */
} drift_resource_view;

#define DRIFT_RESOURCE_MANAGED 1
#define DRIFT_RESOURCE_COMPONENT 2 /* groups others */
#define DRIFT_RESOURCE_PROVIDER 3  /* a provider instance itself */
#define DRIFT_RESOURCE_PENDING_DELETE 1u
#define DRIFT_RESOURCE_PENDING_REPLACEMENT 2u

#define DRIFT_SNAPSHOT_HASH 1           /* SHA-256 of its content, 64 hex digits, whatever the order of its resources */
#define DRIFT_SNAPSHOT_FORMAT 2         /* "terraform-state-v4", "pulumi-export", ... */
#define DRIFT_SNAPSHOT_SOURCE 3         /* path or name */
#define DRIFT_SNAPSHOT_ENGINE_VERSION 4 /* of the program that wrote it */
#define DRIFT_SNAPSHOT_LINEAGE 5

/* Reads a document: the recorded side of a state or plan, the planned side where there is only that. `known` may be NULL; resources whose bytes are the
 * same there are taken over from it without parsing. A host source is DRIFT_E_INVALID_ARGUMENT here. timeout_ms <= 0: none. Since 0.1.
 * Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_snapshot_open(const drift_source *source, const drift_snapshot *known, int64_t timeout_ms,
                                                 DRIFT_OWNED drift_snapshot **out_snapshot, drift_error **err);
/* Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_snapshot_count(const drift_snapshot *s, uint64_t *out_count, drift_error **err);
/* One of the texts DRIFT_SNAPSHOT_*, borrowed from `s`. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_snapshot_text(const drift_snapshot *s, int32_t which, DRIFT_BORROWED const char **p, size_t *n, drift_error **err);
/* Up to `cap` resources from the one numbered `first`, in the document's order, into an array whose elements are `stride` bytes apart
 * (sizeof of the view that the caller knows). Texts are borrowed from `s`. `*out_got` is 0 behind the last. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_snapshot_resources(const drift_snapshot *s, uint64_t first, drift_resource_view *views, size_t stride, size_t cap,
                                                      size_t *out_got, drift_error **err);
/* The number of a resource; DRIFT_END when there is none of that address. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_snapshot_find(const drift_snapshot *s, const char *address, size_t n, uint64_t *out_index, drift_error **err);
/* One resource as JSON: {"address","type","id","provider","attributes",...}. Secrets are "(sensitive)". Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_snapshot_resource(const drift_snapshot *s, uint64_t index, DRIFT_OWNED drift_blob **out_json, drift_error **err);
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_snapshot_free(DRIFT_TAKES drift_snapshot *s);

/* A snapshot from resources that the host has. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_builder_new(DRIFT_OWNED drift_builder **out_builder, drift_error **err);
/* Adds a resource: {"address":"..","type":"..","id"?:"..","attributes":{..},"sensitive"?:["path",..]}; `sensitive` names paths of
 * attributes that are secrets, as in drift.yaml (docs/rules.md); one that names nothing there does nothing. DRIFT_E_DUPLICATE_ADDRESS; after an error the builder is as before. Since 0.1. Threads: owner. */
DRIFT_API int32_t DRIFT_CALL drift_builder_add(drift_builder *b, const char *json, size_t n, drift_error **err);
/* The snapshot; the builder is empty afterwards. Since 0.1. Threads: owner. */
DRIFT_API int32_t DRIFT_CALL drift_builder_build(drift_builder *b, DRIFT_OWNED drift_snapshot **out_snapshot, drift_error **err);
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_builder_free(DRIFT_TAKES drift_builder *b);

/* ---- Scans ------------------------------------------------------------------------------------------------------------------------ */

typedef struct drift_scan_options {
  uint32_t struct_size;
  uint32_t flags;               /* DRIFT_SCAN_* */
  const drift_source *state;    /* recorded (and desired, when it is a plan). NULL: what the configuration says */
  const drift_source *desired;  /* a plan, or any document taken as such; NULL as above */
  const drift_source *baseline; /* what was accepted before; NULL as above */
  const drift_source *actual;   /* a document instead of live reads; NULL: live reads */
  int64_t timeout_ms;           /* of the whole run; <= 0: none but the configuration's, which holds in any case */
  int64_t clock_ns;             /* with DRIFT_SCAN_HOST_CLOCK: the time now, nanoseconds since 1970 */
} drift_scan_options;

#define DRIFT_SCAN_HOST_CLOCK 1u  /* time is what the host says: clock_ns, then drift_run_set_time() */
#define DRIFT_SCAN_UNMANAGED 2u   /* ask providers that can list for resources that no document has */
#define DRIFT_SCAN_NO_BASELINE 4u /* none, whatever the configuration says */
#define DRIFT_SCAN_QUIET 8u       /* no DRIFT_EV_PROGRESS and DRIFT_EV_LOG */

/* sizeof may be larger later; both set every member to its default. */
#define DRIFT_SCAN_OPTIONS_INIT {sizeof(drift_scan_options), 0u, NULL, NULL, NULL, NULL, 0, 0}
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_scan_options_init(drift_scan_options *o, size_t size);

/* Starts a scan, which goes on in threads of its own. The options and sources are copied. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_scan_start(const drift_engine *engine, const drift_scan_options *options, DRIFT_OWNED drift_run **out_run,
                                              drift_error **err);
/* Starts a scan that then writes what is there now of the findings whose address matches one of `globs` (n_globs texts that end with a
 * zero byte; "*" is all) into the baseline file at `path`; empty: the configuration's. options->baseline is not looked at, and nothing recorded.
 * Secrets are sealed with the key in the configuration's key_file (default: the baseline's path and ".key"), which is made where it is missing.
 * Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_accept_start(const drift_engine *engine, const drift_scan_options *options, const char *const *globs, size_t n_globs,
                                                const char *path, size_t path_n, DRIFT_OWNED drift_run **out_run, drift_error **err);

/* Starts a comparison of two documents, `a` taken as recorded and `b` as actual; its run ends with a report as a scan's does. timeout_ms
 * as in drift_scan_options. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_diff_start(const drift_engine *engine, const drift_source *a, const drift_source *b, int64_t timeout_ms,
                                              DRIFT_OWNED drift_run **out_run, drift_error **err);

/* The next event, waited for at most `timeout_ms` (0: not at all; < 0: until there is one). DRIFT_TIMEOUT leaves *out_event NULL.
 * After DRIFT_EV_DONE every further call is DRIFT_END. DRIFT_E_CLOSED when another thread frees the run meanwhile; DRIFT_E_BUSY while another thread is
 * in here, or the run is being pumped. Since 0.1. Threads: owner. */
DRIFT_API int32_t DRIFT_CALL drift_run_next(drift_run *run, int64_t timeout_ms, DRIFT_OWNED drift_event **out_event, drift_error **err);
/* A file descriptor that is readable while an event waits, and from the last one on: for poll(), asyncio, libuv. It is the run's own: do not read or
 * close it, and take it out of whatever watches it before drift_run_free(), which closes it.
 * Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_run_wait_fd(const drift_run *run, int32_t *out_fd, drift_error **err);
/*
 * Answers an event that wants something. A ticket takes one answer; one that was given up meanwhile takes none (DRIFT_END).
 * DRIFT_EV_WANT_SOURCE: the document's bytes.
 * DRIFT_EV_WANT_READ: one result for each resource that was asked for, in order, each with exactly one of found, absent and error:
 *   {"results":[{"found":{"attributes":{..},"id"?:"..","type"?:"..","sensitive"?:["path",..]}},
 *               {"absent":true},
 *               {"error":{"code":"E_READ_AUTH","message":"..","next"?:"..","retryable"?:true}}]}
 *   What the answer leaves out (id, type) is as it was known; without `retryable` it is as the code is (E_READ_THROTTLED and E_READ_TIMEOUT
 *   are tried again). The text "(sensitive)" at the place of a known secret means that it was not read back: the known value is taken.
 *   A read's time begins when the event is queued: max_concurrency 1 for a host that reads one by one.
 * DRIFT_EV_WANT_LIST: {"resources":[{"address","type","id"?,"attributes","sensitive"?},..]}.
 * DRIFT_EV_WANT_CONFIGURE: nothing (n = 0).
 * DRIFT_EV_WANT_DECRYPT: {"plaintexts":["base64",..]}, one for each ciphertext, in order: of the bytes. A failure leaves the secrets encrypted,
 *   and is told in a note of the report.
 * Each but a document can be {"error":{..}} instead, as above: all that was asked for failed so.
 * An answer that is not so is DRIFT_E_BAD_STRUCTURE or DRIFT_E_PARSE with the place, and the ticket is still open. Since 0.1. Threads: any.
 */
DRIFT_API int32_t DRIFT_CALL drift_run_answer(drift_run *run, uint64_t ticket, const char *answer, size_t n, drift_error **err);
/* Answers any event that wants something with a failure: `code` is a DRIFT_E_* (0: DRIFT_E_READ_FAILED), `message` one line without secrets,
 * which names no code (control characters are escaped). `retryable`: 1 yes, -1 no, 0 as the code is. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_run_fail(drift_run *run, uint64_t ticket, int32_t code, const char *message, size_t n, int32_t retryable,
                                            drift_error **err);
/* Sets the time of a run with DRIFT_SCAN_HOST_CLOCK; it cannot go back. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_run_set_time(drift_run *run, int64_t clock_ns, drift_error **err);
/* Stops the run soon; DRIFT_EV_DONE still comes. Takes locks: not for signal handlers. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_run_cancel(drift_run *run, drift_error **err);
/* What the run ended with, after DRIFT_EV_DONE (before it: DRIFT_TIMEOUT): a report of a scan, or the failure. A scan that was cancelled or
 * ran out of time after its first answers has a report that says so (complete is 0). Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_run_report(const drift_run *run, DRIFT_OWNED drift_report **out_report, drift_error **err);
/* The same of an accept: {"accepted":["address",..],"left":n,"complete":bool,"baseline":"path","errors":[as in a report]}. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_run_accepted(const drift_run *run, DRIFT_OWNED drift_blob **out_json, drift_error **err);
/* Stops the run, and waits for its thread: usually some milliseconds, at most a second (without limit where it may look at borrowed bytes), and never
 * for the host. A thread that is in drift_run_next() gets DRIFT_E_CLOSED there. From inside the run's own pump it does nothing, and the handle stays
 * good. Since 0.1. Threads: any. */
DRIFT_API void DRIFT_CALL drift_run_free(DRIFT_TAKES drift_run *run);

/* ---- Events ----------------------------------------------------------------------------------------------------------------------- */

#define DRIFT_EV_NONE 0           /* no event (NULL) */
#define DRIFT_EV_DONE 1           /* the last one: drift_run_report() or drift_run_accepted() has the outcome */
#define DRIFT_EV_PROGRESS 2       /* DRIFT_N_DONE of DRIFT_N_TOTAL resources; at most one waits, with the newest numbers */
#define DRIFT_EV_LOG 3            /* DRIFT_N_LEVEL, DRIFT_T_CODE, DRIFT_T_ADDRESS, DRIFT_T_MESSAGE; 10,000 wait at most, then one says how many were lost */
#define DRIFT_EV_WANT_SOURCE 10   /* DRIFT_T_NAME: the name of the host source */
#define DRIFT_EV_WANT_READ 11     /* DRIFT_T_NAME: the provider; DRIFT_T_BODY: {"resources":[{"address","type","id","provider","attributes",..},..]}, secrets
                                     "(sensitive)"; DRIFT_N_TOTAL resources */
#define DRIFT_EV_WANT_LIST 12     /* DRIFT_T_NAME: the provider; DRIFT_T_BODY: {"types":[..]}, empty: all */
#define DRIFT_EV_WANT_CONFIGURE 13 /* DRIFT_T_NAME: the provider; DRIFT_T_BODY: its configuration from the settings */
#define DRIFT_EV_WANT_TIME 14     /* with a host clock: something waits for DRIFT_N_TIME (a read that is to be tried again), while other reads
                                     may be under way; set the time, there is no answer */
#define DRIFT_EV_WANT_DECRYPT 16  /* with "decrypt":true in the configuration: secrets of a Pulumi stack that only the host can decrypt. DRIFT_T_NAME: the
                                     type of the secrets provider; DRIFT_T_BODY: {"provider","state":{..},"data_key":bool,"ciphertexts":[..]};
                                     DRIFT_N_TOTAL ciphertexts. With data_key there is one, `encryptedkey` of the state, and its plaintext is the
                                     key of 32 bytes that all else is encrypted with; without it each is a secret as the document has it, and its
                                     plaintext the JSON text of the value */
#define DRIFT_EV_GIVEN_UP 15      /* DRIFT_N_TICKET: nobody waits for the answer to this ticket any more, whose question was pulled before */

#define DRIFT_T_NAME 1
#define DRIFT_T_BODY 2
#define DRIFT_T_CODE 3
#define DRIFT_T_ADDRESS 4
#define DRIFT_T_MESSAGE 5

#define DRIFT_N_DONE 1
#define DRIFT_N_TOTAL 2
#define DRIFT_N_LEVEL 3  /* DRIFT_LOG_* */
#define DRIFT_N_TIME 4   /* nanoseconds since 1970 */
#define DRIFT_N_TICKET 5

#define DRIFT_LOG_DEBUG 10
#define DRIFT_LOG_INFO 20
#define DRIFT_LOG_WARNING 30
#define DRIFT_LOG_ERROR 40

/* DRIFT_EV_*; DRIFT_EV_NONE for NULL. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_event_kind(const drift_event *ev);
/* What drift_run_answer() wants; 0 where there is nothing to answer. Since 0.1. Threads: shared. */
DRIFT_API uint64_t DRIFT_CALL drift_event_ticket(const drift_event *ev);
/* A text DRIFT_T_*, borrowed from `ev`; empty where the event has none. Since 0.1. Threads: shared. */
DRIFT_API void DRIFT_CALL drift_event_text(const drift_event *ev, int32_t which, DRIFT_BORROWED const char **p, size_t *n);
/* A number DRIFT_N_*; 0 where the event has none. Since 0.1. Threads: shared. */
DRIFT_API int64_t DRIFT_CALL drift_event_number(const drift_event *ev, int32_t which);
/* An event outlives its run. Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_event_free(DRIFT_TAKES drift_event *ev);

/* ---- In one call ------------------------------------------------------------------------------------------------------------------ */

/* A host as a table of functions, for C and C++. All are called by the thread that pumps, inside drift_run_pump(), drift_scan() or
 * drift_accept(); a NULL one is left out (what it should have answered fails). From there any function may be called but those that free the run
 * (does nothing) or pull its events (DRIFT_E_BUSY). A return other than 0 stops the run, and is what the pump returns, unchanged; positive ones
 * are the better choice, as no code of the library is. */
typedef struct drift_host {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void *user;        /* first argument of each */
  int32_t(DRIFT_CALL *read)(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n);
  int32_t(DRIFT_CALL *list)(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n);
  int32_t(DRIFT_CALL *source)(void *user, drift_run *run, uint64_t ticket, const char *name);
  int32_t(DRIFT_CALL *configure)(void *user, drift_run *run, uint64_t ticket, const char *provider, const char *body, size_t n);
  int32_t(DRIFT_CALL *time)(void *user, drift_run *run, int64_t wanted_ns);
  int32_t(DRIFT_CALL *log)(void *user, int32_t level, const char *code, const char *address, const char *message);
  int32_t(DRIFT_CALL *progress)(void *user, int64_t done, int64_t total);
  int32_t(DRIFT_CALL *given_up)(void *user, drift_run *run, uint64_t ticket);
  int32_t(DRIFT_CALL *decrypt)(void *user, drift_run *run, uint64_t ticket, const char *secrets_provider, const char *body, size_t n);
} drift_host;

#define DRIFT_HOST_INIT {sizeof(drift_host), 0u, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL}
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_host_init(drift_host *host, size_t size);

/* Pulls events and hands them to `host` (NULL: one that can do nothing) until DRIFT_EV_DONE, which it takes; drift_run_report() has the
 * outcome then (DRIFT_E_CANCELLED when the host stopped the run). DRIFT_END when it was taken before. Since 0.1. Threads: owner. */
DRIFT_API int32_t DRIFT_CALL drift_run_pump(drift_run *run, const drift_host *host, drift_error **err);
/* A whole scan. `options` and `host` may be NULL. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_scan(const drift_engine *engine, const drift_scan_options *options, const drift_host *host,
                                        DRIFT_OWNED drift_report **out_report, drift_error **err);
/* A whole accept; as drift_accept_start() and drift_run_accepted(). Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_accept(const drift_engine *engine, const drift_scan_options *options, const char *const *globs, size_t n_globs,
                                          const char *path, size_t path_n, const drift_host *host, DRIFT_OWNED drift_blob **out_json,
                                          drift_error **err);
/* As drift_diff_start(), in the calling thread and without a run: nothing can cancel it. Host sources are DRIFT_E_INVALID_ARGUMENT.
 * timeout_ms as in drift_scan_options. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_diff(const drift_engine *engine, const drift_source *a, const drift_source *b, int64_t timeout_ms,
                                        DRIFT_OWNED drift_report **out_report, drift_error **err);

/* ---- Reports ---------------------------------------------------------------------------------------------------------------------- */

#define DRIFT_VERDICT_IN_SYNC 1
#define DRIFT_VERDICT_CHANGED 2
#define DRIFT_VERDICT_DELETED 3
#define DRIFT_VERDICT_UNMANAGED 4
#define DRIFT_VERDICT_UNREADABLE 5
#define DRIFT_VERDICT_UNSUPPORTED 6
#define DRIFT_VERDICT_STALE 7
#define DRIFT_VERDICT_SUPPRESSED 8

#define DRIFT_RISK_INFO 1
#define DRIFT_RISK_LOW 2
#define DRIFT_RISK_MEDIUM 3
#define DRIFT_RISK_HIGH 4
#define DRIFT_RISK_CRITICAL 5

#define DRIFT_RISK_CLASS_COSMETIC 1
#define DRIFT_RISK_CLASS_BEHAVIOURAL 2
#define DRIFT_RISK_CLASS_SECURITY 3

#define DRIFT_RISK_NEUTRAL 1
#define DRIFT_RISK_NARROW 2
#define DRIFT_RISK_WIDEN 3

#define DRIFT_BASIS_BASELINE 1u
#define DRIFT_BASIS_DESIRED 2u
#define DRIFT_BASIS_RECORDED 4u
#define DRIFT_BASIS_ACTUAL 8u

#define DRIFT_CHANGE_ADDED 1
#define DRIFT_CHANGE_REMOVED 2
#define DRIFT_CHANGE_MODIFIED 3

#define DRIFT_RELATION_DRIFT 1
#define DRIFT_RELATION_PENDING 2
#define DRIFT_RELATION_CONVERGED 3
#define DRIFT_RELATION_CONFLICT 4

#define DRIFT_SECTION_ATTRIBUTES 1
#define DRIFT_SECTION_INPUTS 2
#define DRIFT_SECTION_RESOURCE 3

#define DRIFT_MODE_NONE 0
#define DRIFT_MODE_HIDE 1
#define DRIFT_MODE_MUTE 2
#define DRIFT_MODE_ACCEPT 3
#define DRIFT_MODE_WATCH_ONLY 4
#define DRIFT_MODE_NEVER_PUSH 5

#define DRIFT_CLASS_CONFIG_OWNED 1 /* of a property that the program sets, or could (docs/rules.md, drift classes) */
#define DRIFT_CLASS_COMPUTED_ONLY 2 /* of one that only the provider sets */
#define DRIFT_CLASS_NULL_OR_EMPTY 3 /* between null, absent and empty */
#define DRIFT_CLASS_IGNORED 4       /* taken out by an ignore rule */
#define DRIFT_CLASS_SENSITIVITY_ONLY 5 /* none in the value: the provider calls it sensitive, and what was recorded does not */

#define DRIFT_FLAG_SENSITIVE 1u           /* something secret was taken out of the values */
#define DRIFT_FLAG_FORCES_REPLACEMENT 2u
#define DRIFT_FLAG_RETRYABLE 4u           /* of an error */

/* The texts of consecutive rows of a page lie one behind the other, in the order of the members, with exactly one zero byte behind each, so
 * that a binding can copy them as one block: from the first text of the first row to the end of the last text of the last one. An empty text
 * has its zero byte and a place; one that is not there (p is NULL) takes none. Nothing is shared between rows. */

typedef struct drift_finding_view {
  drift_text address;
  drift_text type;
  drift_text fingerprint; /* 32 hex digits: the same finding from scan to scan */
  drift_text risk_why;
  drift_text risk_rule;
  uint64_t first_change; /* its place in drift_report_changes(DRIFT_OF_FINDINGS) */
  uint32_t changes;      /* how many */
  int32_t verdict;       /* DRIFT_VERDICT_* */
  int32_t risk_level;    /* DRIFT_RISK_INFO and on */
  int32_t risk_class;    /* DRIFT_RISK_CLASS_* */
  int32_t risk_direction; /* DRIFT_RISK_NEUTRAL and on */
  uint32_t basis;        /* DRIFT_BASIS_*, or-ed: the sides that took part */
  int32_t drift_class;   /* DRIFT_CLASS_* of its changes; 0 where it is not known */
  uint32_t reserved;
} drift_finding_view;

typedef struct drift_change_view {
  drift_text path;     /* canonical */
  drift_text pointer;  /* the same as a JSON Pointer (RFC 6901) */
  drift_text recorded; /* JSON; p is NULL where that side is not there or has nothing at the path. A secret is "(sensitive)" */
  drift_text actual;
  drift_text desired;
  drift_text baseline;
  drift_text why;
  drift_text rule;   /* the comparator or ignore rule that applied; can be empty */
  drift_text reason; /* the ignore rule's own words; can be empty */
  uint64_t owner;    /* the finding (or suppressed entry) that it is of */
  int32_t section;   /* DRIFT_SECTION_* */
  int32_t kind;      /* DRIFT_CHANGE_* */
  int32_t relation;  /* DRIFT_RELATION_* */
  int32_t mode;      /* DRIFT_MODE_*, of the ignore rule */
  uint32_t flags;    /* DRIFT_FLAG_* */
  uint32_t reserved;
  int32_t drift_class; /* DRIFT_CLASS_*; 0 where it is not known */
  uint32_t reserved2;
} drift_change_view;

typedef struct drift_suppressed_view {
  drift_text address;
  drift_text type;
  drift_text rule;   /* of the existence, when that was taken out; else each change has its own */
  drift_text reason;
  uint64_t first_change; /* its place in drift_report_changes(DRIFT_OF_SUPPRESSED) */
  uint32_t changes;
  int32_t verdict; /* what it would have been */
  int32_t mode;    /* DRIFT_MODE_* */
  uint32_t reserved;
} drift_suppressed_view;

typedef struct drift_problem_view { /* an error of the report */
  drift_text address;               /* empty: about the whole scan */
  drift_text type;
  drift_text name;    /* "E_READ_AUTH" */
  drift_text message;
  drift_text next;    /* what the person can do; can be empty */
  int32_t code;       /* DRIFT_E_* */
  int32_t verdict;    /* DRIFT_VERDICT_UNREADABLE, _UNSUPPORTED or _STALE; 0 when about the whole scan */
  uint32_t flags;     /* DRIFT_FLAG_RETRYABLE */
  uint32_t reserved;
} drift_problem_view;

typedef struct drift_note_view { /* what a person should know about the documents and rules */
  drift_text code;
  drift_text address; /* can be empty */
  drift_text message;
} drift_note_view;

typedef struct drift_summary {
  uint32_t struct_size; /* set by the caller: as much as it knows is filled in */
  int32_t complete;     /* 0 when anything that should have an answer has none */
  uint32_t basis;       /* DRIFT_BASIS_*, or-ed */
  uint32_t reserved;
  uint64_t checked, drifted, changed, deleted, unmanaged, unreadable, unsupported, suppressed, pending, skipped; /* as in docs/report.schema.json */
  int64_t elapsed_ns;
} drift_summary;

#define DRIFT_SUMMARY_INIT {sizeof(drift_summary), 0, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0}
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_summary_init(drift_summary *s, size_t size);

#define DRIFT_OF_FINDINGS 1
#define DRIFT_OF_SUPPRESSED 2

#define DRIFT_COUNT_FINDINGS 1
#define DRIFT_COUNT_CHANGES 2
#define DRIFT_COUNT_SUPPRESSED 3
#define DRIFT_COUNT_SUPPRESSED_CHANGES 4
#define DRIFT_COUNT_PROBLEMS 5
#define DRIFT_COUNT_NOTES 6

/* Counts; out->struct_size says how much of it the caller knows. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_summary(const drift_report *r, drift_summary *out, drift_error **err);
/* How many rows a list has, DRIFT_COUNT_*. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_count(const drift_report *r, int32_t what, uint64_t *out_count, drift_error **err);

/* Pages. Up to `cap` rows from the one numbered `first` are written into an array whose elements are `stride` bytes apart (sizeof of the
 * view that the caller knows). Texts are borrowed from the report. `*out_got` is 0 behind the last row. Rows are sorted by address, changes
 * by section and path. */

/* Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_findings(const drift_report *r, uint64_t first, drift_finding_view *views, size_t stride, size_t cap,
                                                   size_t *out_got, drift_error **err);
/* The number of the finding of that address; DRIFT_END when there is none. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_find(const drift_report *r, const char *address, size_t n, uint64_t *out_index, drift_error **err);
/* The changes of all findings, or of all suppressed entries (`of`: DRIFT_OF_*), one behind the other. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_changes(const drift_report *r, int32_t of, uint64_t first, drift_change_view *views, size_t stride, size_t cap,
                                                  size_t *out_got, drift_error **err);
/* Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_suppressed(const drift_report *r, uint64_t first, drift_suppressed_view *views, size_t stride, size_t cap,
                                                     size_t *out_got, drift_error **err);
/* Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_problems(const drift_report *r, uint64_t first, drift_problem_view *views, size_t stride, size_t cap,
                                                   size_t *out_got, drift_error **err);
/* Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_notes(const drift_report *r, uint64_t first, drift_note_view *views, size_t stride, size_t cap, size_t *out_got,
                                                drift_error **err);

#define DRIFT_RENDER_TEXT 1
#define DRIFT_RENDER_JSON 2 /* docs/report.schema.json */
#define DRIFT_RENDER_JSON_COMPACT 3
#define DRIFT_RENDER_HEADLINE 4 /* the first line of the text, without a newline */

typedef struct drift_render_options {
  uint32_t struct_size;
  uint32_t flags;        /* DRIFT_RENDER_FLAG_* */
  uint32_t width;        /* columns; 0: 80; DRIFT_WIDTH_UNLIMITED */
  uint32_t max_findings; /* 0: all */
} drift_render_options;

#define DRIFT_RENDER_FLAG_COLOR 1u
#define DRIFT_RENDER_FLAG_ASCII 2u
#define DRIFT_RENDER_FLAG_SUPPRESSED 4u /* show what rules took out */
#define DRIFT_RENDER_FLAG_NO_ELAPSED 8u
#define DRIFT_WIDTH_UNLIMITED 0xffffffffu
#define DRIFT_RENDER_OPTIONS_INIT {sizeof(drift_render_options), 0u, 0u, 0u}
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_render_options_init(drift_render_options *o, size_t size);

/* The report for people or programs (DRIFT_RENDER_TEXT and on); options may be NULL. Never a secret. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_render(const drift_report *r, int32_t format, const drift_render_options *options,
                                                 DRIFT_OWNED drift_blob **out_text, drift_error **err);
/* One finding, problem or suppressed entry with every side's value and why. DRIFT_END (and NULL) when the report has none of that address.
 * Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_explain(const drift_report *r, const char *address, size_t n, const drift_render_options *options,
                                                  DRIFT_OWNED drift_blob **out_text, drift_error **err);
/* One more owner; each ends with drift_report_free. Since 0.1. Threads: shared. */
DRIFT_API int32_t DRIFT_CALL drift_report_ref(const drift_report *r, DRIFT_OWNED drift_report **out_report, drift_error **err);
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_report_free(DRIFT_TAKES drift_report *r);

#ifdef __cplusplus
}
#endif

#endif
