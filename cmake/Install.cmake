# find_package(drift), pkg-config drift, and the command line.
include(CMakePackageConfigHelpers)

install(TARGETS drift EXPORT driftTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/drift DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp" PATTERN "*_internal.hpp" EXCLUDE)
if(TARGET drift-cli)
  install(TARGETS drift-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

set(drift_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/drift)
install(EXPORT driftTargets NAMESPACE drift:: DESTINATION ${drift_cmake_dir})
configure_package_config_file(cmake/driftConfig.cmake.in ${PROJECT_BINARY_DIR}/driftConfig.cmake INSTALL_DESTINATION ${drift_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/driftConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/driftConfig.cmake ${PROJECT_BINARY_DIR}/driftConfigVersion.cmake DESTINATION ${drift_cmake_dir})

# A static library's users link its dependencies themselves: Requires.private and Libs.private say which.
configure_file(cmake/drift.pc.in ${PROJECT_BINARY_DIR}/drift.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/drift.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
