// SPDX-License-Identifier: Apache-2.0
// What came of trying laws on random elements: a line for each law.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/support/error.hpp"

namespace spc {

/// Laws in the order of their first mention. A law holds if its largest error, over all samples, is
/// within the tolerance; NaN never is.
class LawReport {
 public:
  /// One sample of a law.
  void add(const std::string &law, double error, double tolerance) {
    Line &line = of(law);
    ++line.samples;
    // Errors are compared by how far they are from the tolerance of their own sample.
    const double ratio = error / tolerance, worst = line.error / line.tolerance;
    if (line.samples > 1 && !std::isnan(ratio) && (std::isnan(worst) || !(ratio > worst))) return;
    line.error = error;
    line.tolerance = tolerance;
  }
  /// Why a law was not tried; counts only where it never is.
  void skip(const std::string &law, const std::string &why) { of(law).why = why; }

  std::int64_t failures() const {
    std::int64_t n = 0;
    for (const Line &line : lines_) n += line.failed() ? 1 : 0;
    return n;
  }
  /// `holds: gradient: error 1.2e-09, tolerance 3.7e-08 (5 samples)`, one law a line.
  std::string text() const {
    std::string text;
    for (const Line &line : lines_) {
      if (line.samples == 0)
        text += fmt::format("not tried: {}: {}\n", line.law, line.why);
      else
        text += fmt::format("{}: {}: error {:.2g}, tolerance {:.2g} ({} samples)\n",
                            line.failed() ? "FAILS" : "holds", line.law, line.error, line.tolerance,
                            line.samples);
    }
    return text;
  }

 private:
  struct Line {
    std::string law, why;
    double error = 0, tolerance = 1;
    std::int64_t samples = 0;
    bool failed() const { return samples > 0 && !(error <= tolerance); }
  };
  Line &of(const std::string &law) {
    for (Line &line : lines_)
      if (line.law == law) return line;
    lines_.emplace_back();
    lines_.back().law = law;
    return lines_.back();
  }
  std::vector<Line> lines_;
};

}  // namespace spc
