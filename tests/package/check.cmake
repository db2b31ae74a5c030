# Installs BUILD into WORK/prefix, then configures, builds and runs the project in SOURCE against it.
file(REMOVE_RECURSE "${WORK}")
function(must)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

must(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${WORK}/prefix")
must(${CMAKE_COMMAND} -S "${SOURCE}" -B "${WORK}/build" -G Ninja -DCMAKE_PREFIX_PATH=${WORK}/prefix
  -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} -DCMAKE_BUILD_TYPE=Debug)
must(${CMAKE_COMMAND} --build "${WORK}/build")
must("${WORK}/build/with_headers")
set(codecs_of_headers "${output}")
must("${WORK}/build/with_library")
if(NOT output STREQUAL codecs_of_headers) # and the same error, of course
  message(FATAL_ERROR "the two targets differ:\n${codecs_of_headers}\n${output}")
endif()

# Where a library is missing, whoever can do without penstock is told so and goes on; nobody else.
set(configure ${CMAKE_COMMAND} -S "${SOURCE}" -G Ninja -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_COMPILER=${CXX}
  -DCMAKE_DISABLE_FIND_PACKAGE_simdjson=ON)
must(${configure} -B "${WORK}/optional" -DWITHOUT_PENSTOCK=ON)
execute_process(COMMAND ${configure} -B "${WORK}/required" RESULT_VARIABLE status OUTPUT_VARIABLE output
  ERROR_VARIABLE output)
if(status EQUAL 0 OR NOT output MATCHES "simdjson")
  message(FATAL_ERROR "penstock without simdjson was found, or not missed by name:\n${output}")
endif()

# The libraries were compiled with zstd: who links them needs it, too.
file(STRINGS "${WORK}/prefix/lib/cmake/penstock/penstockConfig.cmake" with_zstd REGEX "PENSTOCK_ZSTD ON")
if(with_zstd)
  execute_process(COMMAND ${CMAKE_COMMAND} -S "${SOURCE}" -G Ninja -DCMAKE_PREFIX_PATH=${WORK}/prefix
    -DCMAKE_CXX_COMPILER=${CXX} -DPENSTOCK_ZSTD_INCLUDE_DIR= -B "${WORK}/without_zstd"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(status EQUAL 0 OR NOT output MATCHES "libzstd-dev")
    message(FATAL_ERROR "penstock without zstd was found, or not missed by name:\n${output}")
  endif()
endif()
