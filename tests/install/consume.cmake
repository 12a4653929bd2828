# cmake -DWAY=... -P consume.cmake: builds examples/cpp/scan.cpp as a stranger's project and runs it.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${code}:\n${out}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
set(example ${ROOT}/examples/cpp/scan.cpp)
set(flags "")
if(SANITIZE)
  set(flags "-fsanitize=${SANITIZE}")
endif()

if(WAY STREQUAL "pkg_config")
  file(GLOB_RECURSE pc ${PREFIX}/drift-cxx.pc)
  get_filename_component(pc_dir "${pc}" DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} "${pc_dir}")
  execute_process(COMMAND pkg-config --static --define-variable=prefix=${PREFIX} --cflags --libs drift-cxx RESULT_VARIABLE code
    OUTPUT_VARIABLE words OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "pkg-config does not know drift-cxx")
  endif()
  separate_arguments(words)
  run(${CXX} ${flags} ${example} -o ${WORK}/consumer ${words})
else()
  run(${CMAKE_COMMAND} -S ${ROOT}/tests/install/${WAY} -B ${WORK}/build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} "-DCMAKE_CXX_FLAGS=${flags}" -DCMAKE_PREFIX_PATH=${PREFIX} -DDRIFT_ROOT=${ROOT}
    -DEXAMPLE=${example})
  run(${CMAKE_COMMAND} --build ${WORK}/build)
  file(COPY ${WORK}/build/consumer DESTINATION ${WORK})
endif()

# A state that names a file which is there, unchanged: the program says so and ends with 0.
file(WRITE ${WORK}/hello.txt "hello\n")
file(WRITE ${WORK}/terraform.tfstate [[{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"l","outputs":{},"resources":[{"mode":"managed",
"type":"local_file","name":"hello","provider":"provider[\"registry.opentofu.org/hashicorp/local\"]","instances":[{"schema_version":0,
"attributes":{"content":"hello\n","filename":"hello.txt","id":"f572d396fae9206628714fb2ce00f72e94f2258f"}}]}]}]])
execute_process(COMMAND ${WORK}/consumer terraform.tfstate WORKING_DIRECTORY ${WORK} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT code EQUAL 0 OR NOT out MATCHES "No drift")
  message(FATAL_ERROR "the consumer ended with ${code}:\n${out}${err}")
endif()
file(WRITE ${WORK}/hello.txt "changed\n")
execute_process(COMMAND ${WORK}/consumer terraform.tfstate WORKING_DIRECTORY ${WORK} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT code EQUAL 2 OR NOT out MATCHES "1 drifted")
  message(FATAL_ERROR "the consumer ended with ${code} after a change:\n${out}${err}")
endif()
