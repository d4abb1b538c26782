// SPDX-License-Identifier: Apache-2.0
// What a text file beside a plugin says of it, so that it can be listed and chosen unopened.
#pragma once

#include <string>
#include <vector>

#include "core/registry/processor.hpp"
#include "core/registry/trust.hpp"

namespace spc {

/// Lines `key = value`; `#` begins a comment line. Lists are separated by commas. What a key means
/// is written in docs/writing-a-backend.md.
struct Manifest {
  std::string path;                   // without links
  std::string name;                   // of the plugin; "": not said
  std::string file;                   // as written; by default NAME.so for NAME.manifest
  std::string abi;                    // "": not said
  std::vector<std::string> families;  // one at least
  std::string base;                   // of every family; "": not said
  std::vector<std::string> required;  // families of other files
  int cpu = 0;                        // level of x86-64; 0: any
  int priority = 0;
  bool deepbind = false;
  std::string fault;  // the first thing that is wrong with it, `line n: reason`: then it is refused
};

/// With a fault the rest is what could be read all the same. PluginErr `path: reason` if nothing can.
Manifest read_manifest(const std::string &resolved_path);

/// The plugin that the manifest is about, without links, if it can be used here as far as this can be
/// told without opening it. PluginErr `path: reason`: a fault, another ABI major version, a lesser processor, a
/// relative path out of the manifest's directory, no shared object there, or not a trusted one.
std::string checked_file(const Manifest &manifest, const TrustRules &rules,
                         const Processor &processor);

}  // namespace spc
