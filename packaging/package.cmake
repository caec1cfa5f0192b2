# What `cmake --install` and the .deb contain. ./dev package builds it from the release preset.
# The man page and the completions are written by the program itself, so that they cannot lie.

option(SHAKEDOWN_PACKAGE "Make the man page and the completions" OFF)

include(GNUInstallDirs)
install(TARGETS shakedown RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${library} DESTINATION ${CMAKE_INSTALL_DATADIR}/shakedown/scenarios)
install(FILES README.md SECURITY.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)

if(SHAKEDOWN_PACKAGE)
  find_program(HELP2MAN help2man REQUIRED)
  configure_file(packaging/debian_changelog.in debian_changelog @ONLY)
  set(made ${PROJECT_BINARY_DIR}/package_files)
  set(completions ${made}/shakedown.bash ${made}/_shakedown ${made}/shakedown.fish)
  add_custom_command(
    OUTPUT ${made}/shakedown.1.gz ${made}/changelog.gz ${completions}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
    COMMAND ${HELP2MAN} --no-info --section=1 --name=${PROJECT_DESCRIPTION}
            --output=${made}/shakedown.1 $<TARGET_FILE:shakedown>
    COMMAND gzip -9nf ${made}/shakedown.1
    COMMAND gzip -9nc ${PROJECT_BINARY_DIR}/debian_changelog > ${made}/changelog.gz
    COMMAND $<TARGET_FILE:shakedown> completion bash > ${made}/shakedown.bash
    COMMAND $<TARGET_FILE:shakedown> completion zsh > ${made}/_shakedown
    COMMAND $<TARGET_FILE:shakedown> completion fish > ${made}/shakedown.fish
    DEPENDS shakedown ${PROJECT_BINARY_DIR}/debian_changelog
    COMMENT "Writing the man page and the completions")
  add_custom_target(package_files ALL DEPENDS ${made}/shakedown.1.gz)
  install(FILES ${made}/shakedown.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${made}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES ${made}/shakedown.bash RENAME shakedown
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${made}/_shakedown DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  install(FILES ${made}/shakedown.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME shakedown)
set(CPACK_PACKAGE_CONTACT "shakedown contributors <shakedown@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "STIR/SHAKEN ecosystem in one process, for tests")
set(CPACK_PACKAGE_DESCRIPTION
"shakedown simulates everybody in STIR/SHAKEN: the policy administrator,
certification authorities, certificate repositories behind a CDN, the providers
that sign, carry and verify calls, and the people who attack them. It plays
scripted scenarios with real ECDSA P-256 signatures and certificates and
records every outcome, with its reason, in SQLite. Its certificates and numbers
are for tests only.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The HSM is loaded at run time, so that shlibdeps cannot see it.
set(CPACK_DEBIAN_PACKAGE_DEPENDS libsofthsm2)
include(CPack)
