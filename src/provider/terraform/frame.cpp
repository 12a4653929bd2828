#include "provider/terraform/frame.hpp"

#include <algorithm>
#include <vector>

#include "drift/model/path.hpp"

namespace drift::terraform_internal {

std::string Frame::text() const {
  std::vector<Path::Segment> steps;
  for (const Frame* f = this; f->up != nullptr; f = f->up) {
    if (f->is_index) {
      steps.emplace_back(f->index);
    } else {
      steps.emplace_back(std::string(f->key));
    }
  }
  std::reverse(steps.begin(), steps.end());
  return Path(std::move(steps)).text();
}

}  // namespace drift::terraform_internal
