# SPDX-License-Identifier: Apache-2.0
# Helpers of the tests.
#
# spacecore_add_test(<name> SOURCES <file>... [LIBRARIES <target>...] [LABELS <label>...]
#                    [ARGS <argument>...] [ENVIRONMENT <NAME=value>...] [TIMEOUT <seconds>]
#                    [COST <seconds>] [COMPUTES])
#   builds a GoogleTest program and registers it as one test. The default library is the C API,
#   spacecore. The label `full` keeps a test out of everything but `tools/test --all`; under
#   ThreadSanitizer only tests with the label `threads` are built and run. Tests of a higher COST
#   start first, so that no long one is left over at the end.
#
#   Most of the time of a test goes into compiling it, so programs are not optimised, and COMPUTES
#   optimises those that calculate much themselves a little.
#   Programs see SPACECORE_SHARED_DIR (vectors and data, may not exist), SPACECORE_PLUGIN_DIR and
#   SPACECORE_TEST_PLUGIN_DIR as string macros.
#
# spacecore_add_tests() adds the folder of the tests, whose flags are the same in the release and in
#   the sanitizer builds.
#
# spacecore_label_full(<test>...) marks tests that only `tools/test --all` runs.
# spacecore_label_threads(<program>...) marks programs in which several threads are at work.

set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
                                       "${CMAKE_CURRENT_LIST_DIR}/SpacecoreTestEnvironment.cmake")

function(spacecore_add_test name)
  cmake_parse_arguments(
    PARSE_ARGV 1 test "COMPUTES" "TIMEOUT;COST" "SOURCES;LIBRARIES;LABELS;ARGS;ENVIRONMENT")
  if(test_UNPARSED_ARGUMENTS OR NOT test_SOURCES)
    message(FATAL_ERROR "spacecore_add_test(${name}): SOURCES missing or unknown arguments "
                        "'${test_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT test_LIBRARIES)
    set(test_LIBRARIES spacecore)
  endif()
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 600)
  endif()
  if(NOT test_COST)
    set(test_COST 0)
  endif()
  add_executable(${name} ${test_SOURCES})
  if(SPACECORE_SANITIZE STREQUAL "address")
    # Library and plugins are what is looked into. The programs are compiled as in the release build,
    # which ccache has done already.
    set_target_properties(${name} PROPERTIES COMPILE_OPTIONS "")
  endif()
  target_link_libraries(
    ${name} PRIVATE ${test_LIBRARIES} spacecore_test_places spacecore_headers spacecore_warnings
                    GTest::gtest_main)
  target_compile_definitions(
    ${name} PRIVATE SPACECORE_SHARED_DIR="${SPACECORE_SHARED_DIR}"
                    SPACECORE_PLUGIN_DIR="${SPACECORE_PLUGIN_DIR}"
                    SPACECORE_TEST_PLUGIN_DIR="${SPACECORE_TEST_PLUGIN_DIR}")
  set_target_properties(
    ${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  if(test_COMPUTES)
    target_compile_options(${name} PRIVATE -O1)
  else()
    target_compile_options(${name} PRIVATE -O0)
  endif()
  add_test(NAME ${name} COMMAND ${name} ${test_ARGS})
  set_tests_properties(
    ${name} PROPERTIES TIMEOUT ${test_TIMEOUT} COST ${test_COST} LABELS "${test_LABELS}"
                       ENVIRONMENT "${test_ENVIRONMENT}")
endfunction()

function(spacecore_add_tests)
  add_library(spacecore_test_places STATIC "${PROJECT_SOURCE_DIR}/tests/support/places.cpp")
  target_link_libraries(spacecore_test_places PRIVATE spacecore_headers spacecore_warnings)
  target_compile_definitions(spacecore_test_places
                             PRIVATE SPACECORE_TEST_PLUGIN_DIR="${SPACECORE_TEST_PLUGIN_DIR}")
  if(CMAKE_BUILD_TYPE STREQUAL "Release" OR NOT SPACECORE_SANITIZE STREQUAL "none")
    string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
    set(CMAKE_C_FLAGS_${type} "")
    set(CMAKE_CXX_FLAGS_${type} "")
  endif()
  spacecore_add_folder(tests)
endfunction()

function(spacecore_label_full)
  foreach(test IN LISTS ARGN)
    set_property(TEST ${test} APPEND PROPERTY LABELS full)
  endforeach()
endfunction()

function(spacecore_label_threads)
  foreach(test IN LISTS ARGN)
    set_property(TEST ${test} APPEND PROPERTY LABELS threads)
    set_property(GLOBAL APPEND PROPERTY SPACECORE_THREAD_TESTS ${test})
  endforeach()
endfunction()
