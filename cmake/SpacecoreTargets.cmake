# SPDX-License-Identifier: Apache-2.0
# Interface targets that every other target of the tree links:
#   spacecore_headers   include/ and the repository root
#   spacecore_warnings  the warning set, as errors
# and the flags of the sanitizer builds, which are global because every object has to agree on them.

add_library(spacecore_headers INTERFACE)
target_include_directories(
  spacecore_headers INTERFACE "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}")
target_compile_features(spacecore_headers INTERFACE cxx_std_20 c_std_11)

add_library(spacecore_warnings INTERFACE)
target_compile_options(
  spacecore_warnings
  INTERFACE $<$<COMPILE_LANGUAGE:C,CXX>:-Wall -Wextra -Wpedantic -Werror -Wformat=2 -Wundef -Wvla>
            # GCC 12 warns of a restrict violation inside std::string concatenation (its bug 105651).
            $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual -Wno-restrict>
            $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>)

set(SPACECORE_SANITIZE none CACHE STRING "Sanitizers: none, address (ASan and UBSan) or thread")
set_property(CACHE SPACECORE_SANITIZE PROPERTY STRINGS none address thread)
if(SPACECORE_SANITIZE STREQUAL "address")
  set(sanitize_flags -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(SPACECORE_SANITIZE STREQUAL "thread")
  set(sanitize_flags -fsanitize=thread)
elseif(NOT SPACECORE_SANITIZE STREQUAL "none")
  message(FATAL_ERROR "SPACECORE_SANITIZE is '${SPACECORE_SANITIZE}'; none, address or thread expected")
endif()
if(sanitize_flags)
  add_compile_options(
    "$<$<COMPILE_LANGUAGE:C,CXX>:-g1;${sanitize_flags};-fno-omit-frame-pointer>")
  # Instrumented code makes GCC 12 see uninitialised values inside <regex> and std::function.
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>")
  add_compile_definitions(SPC_SANITIZE=1)
  add_link_options(${sanitize_flags})
endif()

# spacecore_compile_quickly(<target>): a target without loops over data is not optimised under sanitizers,
# where optimising it takes longer than it saves.
function(spacecore_compile_quickly target)
  if(NOT SPACECORE_SANITIZE STREQUAL "none")
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()
