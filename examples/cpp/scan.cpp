// The smallest scan: what a Terraform state recorded, against the files that are there. Ends with 0 clean, 2 drift, 1 error, 3 incomplete.
#include <iostream>

#include "drift/drift.hpp"

int main(int argc, char** argv) {
  drift::ScanRequest request;
  request.state = drift::ByteSource::file(argc > 1 ? argv[1] : "terraform.tfstate");

  drift::Result<drift::Report> report = drift::scan(request);
  if (!report) {
    std::cerr << report.error().to_string() << '\n' << report.error().next_step() << '\n';
    return 1;
  }
  std::cout << drift::render_text(*report);
  for (const drift::Finding& finding : report->findings)
    if (finding.risk.level == drift::RiskLevel::critical) std::cout << "Look at this first: " << finding.address << '\n';
  return !report->findings.empty() ? 2 : report->complete ? 0 : 3;
}
