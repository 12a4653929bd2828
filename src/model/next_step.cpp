#include "model/next_step.hpp"

namespace drift::model_internal {

const char* next_step_for(Errc code) noexcept {
  switch (code) {
    case Errc::parse:
      return "correct the document at this place, or have it written again";
    case Errc::duplicate_key:
      return "keep one of the two members";
    case Errc::bad_utf8:
      return "save the document as UTF-8";
    case Errc::lone_surrogate:
      return "write the whole character there, or its two escapes";
    case Errc::trailing_bytes:
      return "keep one document in the file";
    case Errc::truncated:
      return "fetch the document again; it was cut short";
    case Errc::depth_limit:
      return "raise the depth limit (512 at most) if the document is to be trusted";
    case Errc::node_limit:
      return "raise the node limit if the document is to be trusted";
    case Errc::byte_limit:
      return "raise the byte limit if the document is to be trusted";
    case Errc::bad_structure:
      return "check that the document is what it was given as, and have it written again";
    default:
      return "";
  }
}

}  // namespace drift::model_internal
