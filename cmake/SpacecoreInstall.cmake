# SPDX-License-Identifier: Apache-2.0
# Install rules that do not belong to one target: headers, the CMake package, pkg-config.

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/spacecore"
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp" PATTERN "*.def")

# Sources that a user's program compiles or includes: no compiled module fits every compiler.
install(FILES "${PROJECT_SOURCE_DIR}/capi/fortran/spacecore.f90"
              "${PROJECT_SOURCE_DIR}/capi/fortran/spacecore_functions.inc"
              "${PROJECT_SOURCE_DIR}/capi/fortran/spacecore_plugin.f90"
              "${PROJECT_SOURCE_DIR}/capi/fortran/spacecore_opcodes.inc"
              "${PROJECT_SOURCE_DIR}/capi/julia/SpaceCore.jl"
              "${SPACECORE_PLUGIN_VERSION_SCRIPT}"
        DESTINATION ${CMAKE_INSTALL_DATADIR}/spacecore)

# docs/writing-a-backend.md begins with a copy of one of these.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples/plugins/"
        DESTINATION ${CMAKE_INSTALL_DATADIR}/spacecore/plugin-templates)

# In folders as here, so that what the pages link to is there.
set(doc_dir "${CMAKE_INSTALL_DATADIR}/doc/spacecore")
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${doc_dir})
install(DIRECTORY docs examples DESTINATION ${doc_dir} PATTERN plugins EXCLUDE)

if(TARGET spacecore)
  include(CMakePackageConfigHelpers)
  set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/SpaceCore")
  install(EXPORT SpaceCoreTargets NAMESPACE SpaceCore:: DESTINATION ${package_dir})
  set(spacecore_data_dir "${CMAKE_INSTALL_DATADIR}/spacecore")
  set(spacecore_plugin_dir "${CMAKE_INSTALL_LIBDIR}/spacecore/${SPACECORE_ABI_MAJOR}")
  configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/SpaceCoreConfig.cmake.in"
    "${CMAKE_BINARY_DIR}/cmake/SpaceCoreConfig.cmake"
    INSTALL_DESTINATION ${package_dir}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR spacecore_data_dir spacecore_plugin_dir)
  # The soname carries the ABI; within it a newer library serves older requests.
  write_basic_package_version_file(
    "${CMAKE_BINARY_DIR}/cmake/SpaceCoreConfigVersion.cmake" COMPATIBILITY SameMajorVersion)
  install(FILES "${CMAKE_BINARY_DIR}/cmake/SpaceCoreConfig.cmake"
                "${CMAKE_BINARY_DIR}/cmake/SpaceCoreConfigVersion.cmake"
          DESTINATION ${package_dir})

  # Relative to the file itself, so that an installed tree can be moved.
  file(RELATIVE_PATH SPACECORE_PC_TO_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/spacecore.pc.in"
                 "${CMAKE_BINARY_DIR}/cmake/spacecore.pc" @ONLY)
  install(FILES "${CMAKE_BINARY_DIR}/cmake/spacecore.pc"
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
