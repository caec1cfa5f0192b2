# Texts that travel inside the binary: the scenario library, the database schema.
#
#   shakedown_embed_files(TARGET HEADER NAMESPACE FUNCTION FILES...)
#       defines `std::span<const EmbeddedFile> NAMESPACE::FUNCTION()`, sorted by name; the name is
#       the file name without its extension.
#   shakedown_embed_text(TARGET HEADER NAMESPACE FUNCTION FILE)
#       defines `std::string_view NAMESPACE::FUNCTION()`.
#
# HEADER (e.g. scenarios/library/library.h) is written by hand and declares the function; only the
# .cc is generated, at build time, whenever one of the files or the list of files changes.

set(SHAKEDOWN_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/write_embedded.cmake)

function(shakedown_embed_generate mode target header namespace function)
  string(REPLACE "::" "_" stem "${namespace}_${function}")
  set(output ${PROJECT_BINARY_DIR}/generated/${stem}.cc)
  set(files ${ARGN})
  list(SORT files)
  # A list cannot be an argument of a command line as it is; no file name of ours contains '|'.
  string(JOIN "|" joined ${files})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DMODE=${mode} -DHEADER=${header} -DNAMESPACE=${namespace}
            -DFUNCTION=${function} "-DFILES=${joined}" -DOUTPUT=${output}
            -P ${SHAKEDOWN_EMBED_SCRIPT}
    DEPENDS ${files} ${SHAKEDOWN_EMBED_SCRIPT}
    COMMENT "Embedding ${header}: ${function}()"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

function(shakedown_embed_files target header namespace function)
  shakedown_embed_generate(files ${target} ${header} ${namespace} ${function} ${ARGN})
endfunction()

function(shakedown_embed_text target header namespace function file)
  shakedown_embed_generate(text ${target} ${header} ${namespace} ${function} ${file})
endfunction()
