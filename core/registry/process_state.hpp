// SPDX-License-Identifier: Apache-2.0
// What foreign initialisers change behind the program's back: an object linked with -ffast-math, for
// one, switches the loading thread to flush-to-zero.
#pragma once

#include <fenv.h>
#include <signal.h>

#include <array>
#include <set>
#include <string>
#include <vector>

namespace spc {

/// Floating-point environment, signal mask and handlers, CPU affinity and locale of the moment.
class ProcessState {
 public:
  ProcessState();
  /// Puts back what has changed since; gives its names, comma separated, "" if nothing.
  std::string restore();
  /// Threads and open files that are there now and were not: they cannot be taken back. "" if none.
  std::string left_behind() const;

 private:
  // Control bits alone; the sticky exception flags are put back without a word.
  static unsigned float_control();

  fenv_t float_environment_;
  unsigned float_control_;
  sigset_t mask_;
  std::array<struct sigaction, 65> handlers_;
  std::array<bool, 65> has_handler_{};
  std::vector<unsigned char> affinity_;  // empty: unknown
  std::string locale_;
  std::set<std::string> threads_, descriptors_;  // their numbers
};

}  // namespace spc
