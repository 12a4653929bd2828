# drift_embed(MODULE FILE FUNCTION): compiles the text of FILE into the module as
#   namespace drift::<MODULE>_internal { const std::string& FUNCTION(); }
# The source is made anew when FILE changes. No tool but CMake is needed: this file is its own script.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${INPUT}" text)
  string(LENGTH "${text}" length)
  set(pieces "")
  set(at 0)
  # Compilers limit the length of one literal; the pieces are joined when the program first asks.
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND pieces "    std::string_view(R\"drift_embed(${piece})drift_embed\"),\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  file(WRITE "${OUTPUT}" "// Made by cmake/Embed.cmake.
#include <string>
#include <string_view>

#include \"base/immortal.hpp\"

namespace drift::${MODULE}_internal {

const std::string& ${FUNCTION}();

const std::string& ${FUNCTION}() {
  static constexpr std::string_view pieces[] = {
${pieces}  };
  static const base_internal::Immortal<std::string> text([] {
    std::string out;
    for (const std::string_view p : pieces) out += p;
    return out;
  }());
  return *text;
}

}  // namespace drift::${MODULE}_internal
")
  return()
endif()

set(DRIFT_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(drift_embed module file function)
  set(input ${PROJECT_SOURCE_DIR}/${file})
  set(output ${PROJECT_BINARY_DIR}/embed_${module}_${function}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DMODULE=${module} -DFUNCTION=${function} -P ${DRIFT_EMBED_SCRIPT}
    DEPENDS ${input} ${DRIFT_EMBED_SCRIPT} VERBATIM COMMENT "Embedding ${file}")
  target_sources(drift_objects_${module} PRIVATE ${output})
endfunction()
