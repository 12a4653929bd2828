# find_package(drift), pkg-config drift (C) and drift-cxx, and the command line.
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

# What pkg-config is told is found from where the file lies, so that it holds in every prefix that `cmake --install --prefix` is given.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
  set(pc_libdir ${CMAKE_INSTALL_FULL_LIBDIR})
  set(pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
  string(REGEX REPLACE "[^/]+" ".." up ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  set(pc_prefix "\${pcfiledir}/${up}")
  set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()

# A static library's users link its dependencies themselves: Requires.private and Libs.private say which.
configure_file(cmake/drift-cxx.pc.in ${PROJECT_BINARY_DIR}/drift-cxx.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/drift-cxx.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The C interface: libdrift.so, libdrift.a, drift.h, pkg-config drift, drift::capi and drift::capi_static.
if(TARGET drift_capi)
  install(TARGETS drift_capi drift_capi_static EXPORT driftTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES ${PROJECT_BINARY_DIR}/capi/libdrift.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES capi/include/drift.h capi/include/drift_unstable.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  # Where the loader does not look by itself, programs get told where libdrift.so is.
  set(pc_rpath "")
  configure_file(cmake/drift.pc.in ${PROJECT_BINARY_DIR}/pkgconfig/system/drift.pc @ONLY)
  set(pc_rpath "-Wl,-rpath,\${libdir}")
  configure_file(cmake/drift.pc.in ${PROJECT_BINARY_DIR}/pkgconfig/own/drift.pc @ONLY)
  set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  if(NOT IS_ABSOLUTE "${pc_dir}")
    set(pc_dir "\${CMAKE_INSTALL_PREFIX}/${pc_dir}")
  endif()
  install(CODE "
    set(drift_prefix own)
    if(CMAKE_INSTALL_PREFIX MATCHES \"^/usr(/local)?/?$\")
      set(drift_prefix system)
    endif()
    file(INSTALL DESTINATION \"${pc_dir}\" TYPE FILE FILES \"${PROJECT_BINARY_DIR}/pkgconfig/\${drift_prefix}/drift.pc\")")
endif()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
