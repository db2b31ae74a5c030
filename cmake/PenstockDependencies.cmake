# The libraries under penstock. Debian bookworm's versions are the floor. Used by the build and, installed beside
# penstockConfig.cmake, by everybody who finds the package.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(EXPAT REQUIRED)
find_package(ZLIB REQUIRED)
find_package(simdjson REQUIRED)

find_path(CARES_INCLUDE_DIR ares.h)
find_library(CARES_LIBRARY cares)
find_path(FAST_FLOAT_INCLUDE_DIR fast_float/fast_float.h)
find_path(ISAL_INCLUDE_DIR isa-l/igzip_lib.h)
find_library(ISAL_LIBRARY isal)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CARES REQUIRED_VARS CARES_LIBRARY CARES_INCLUDE_DIR NAME_MISMATCHED
  REASON_FAILURE_MESSAGE "c-ares resolves names without threads (Debian: libc-ares-dev)")
find_package_handle_standard_args(FAST_FLOAT REQUIRED_VARS FAST_FLOAT_INCLUDE_DIR NAME_MISMATCHED
  REASON_FAILURE_MESSAGE "fast_float parses numbers (Debian: libfast-float-dev)")
if(NOT CARES_FOUND OR NOT FAST_FLOAT_FOUND)
  message(FATAL_ERROR "penstock: libraries are missing, see above")
endif()
mark_as_advanced(CARES_INCLUDE_DIR CARES_LIBRARY FAST_FLOAT_INCLUDE_DIR ISAL_INCLUDE_DIR ISAL_LIBRARY)

if(NOT TARGET penstock::dependencies)
  add_library(penstock::dependencies INTERFACE IMPORTED)
  target_link_libraries(penstock::dependencies INTERFACE Threads::Threads Boost::headers Boost::url Boost::json
    OpenSSL::SSL OpenSSL::Crypto EXPAT::EXPAT ZLIB::ZLIB simdjson::simdjson ${CARES_LIBRARY})
  target_include_directories(penstock::dependencies INTERFACE ${CARES_INCLUDE_DIR} ${FAST_FLOAT_INCLUDE_DIR})
  if(ISAL_LIBRARY AND ISAL_INCLUDE_DIR)
    target_link_libraries(penstock::dependencies INTERFACE ${ISAL_LIBRARY})
    target_include_directories(penstock::dependencies INTERFACE ${ISAL_INCLUDE_DIR})
    target_compile_definitions(penstock::dependencies INTERFACE PENSTOCK_HAS_ISAL=1)
  endif()
endif()
