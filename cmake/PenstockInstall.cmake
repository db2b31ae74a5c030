# cmake --install, and what find_package(penstock) needs afterwards.
include(CMakePackageConfigHelpers)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
set(targets penstock)
if(PENSTOCK_COMPILED)
  list(APPEND targets penstock_compiled)
  foreach(module IN LISTS PENSTOCK_MODULES)
    list(APPEND targets penstock_${module})
  endforeach()
endif()
install(TARGETS ${targets} EXPORT penstockTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")

# The libraries that were compiled with a codec need it at whoever links them.
set(codec_settings)
if(PENSTOCK_COMPILED)
  foreach(codec IN ITEMS ISAL ZSTD BZIP2 LZMA LZ4 SNAPPY BROTLI)
    string(APPEND codec_settings "set(PENSTOCK_${codec} ${penstock_with_${codec}})\n")
  endforeach()
endif()

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/penstock")
install(EXPORT penstockTargets NAMESPACE penstock:: DESTINATION "${package_dir}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/penstockConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/penstockConfig.cmake" CONTENT [[
@codec_settings@include("${CMAKE_CURRENT_LIST_DIR}/PenstockDependencies.cmake")
if(penstock_missing) # for find_package to judge: whoever asks may do without
  list(JOIN penstock_missing ", " penstock_NOT_FOUND_MESSAGE)
  string(PREPEND penstock_NOT_FOUND_MESSAGE "these libraries were not found: ")
  set(penstock_FOUND FALSE)
  return()
endif()
include("${CMAKE_CURRENT_LIST_DIR}/penstockTargets.cmake")
]] @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/penstockConfig.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/penstockConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/PenstockDependencies.cmake" DESTINATION "${package_dir}")
