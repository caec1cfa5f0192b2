# shakedown_flags: what every target of the project is compiled and linked with.

add_library(shakedown_flags INTERFACE)
target_include_directories(shakedown_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(shakedown_flags INTERFACE
  SHAKEDOWN_VERSION="${PROJECT_VERSION}" _GLIBCXX_ASSERTIONS)
# No fused multiply-add, and no path of this machine in the binary: results and packages must not
# depend on where they were built.
target_compile_options(shakedown_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -ffp-contract=off
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
target_link_libraries(shakedown_flags INTERFACE fmt::fmt tl::expected Threads::Threads)

# What is local to a source is not, once it stands beside others. The builds one by one check it.
if(SHAKEDOWN_UNITY)
  target_compile_options(shakedown_flags INTERFACE
    -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()

if(SHAKEDOWN_SANITIZE STREQUAL "address")
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(SHAKEDOWN_SANITIZE STREQUAL "thread")
  set(sanitizers -fsanitize=thread)
elseif(SHAKEDOWN_SANITIZE)
  message(FATAL_ERROR "SHAKEDOWN_SANITIZE is '${SHAKEDOWN_SANITIZE}', not address or thread")
endif()
if(SHAKEDOWN_FUZZ)
  list(APPEND sanitizers -fsanitize=fuzzer-no-link)
endif()
if(SHAKEDOWN_SANITIZE)
  target_compile_options(shakedown_flags INTERFACE ${sanitizers} -fno-omit-frame-pointer)
  target_link_options(shakedown_flags INTERFACE ${sanitizers})
  # Sanitizers hide from g++ what is initialised: it warns of the innards of std::regex, and its
  # manual advises against this warning as an error here. The builds without them have it.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(shakedown_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# Hardening of what is shipped. The sanitizers bring their own, stronger checks.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT SHAKEDOWN_SANITIZE)
  target_compile_options(shakedown_flags INTERFACE
    -fPIE -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  target_link_options(shakedown_flags INTERFACE -pie -Wl,-z,relro -Wl,-z,now)
endif()
