// Without a verb: plays first-call and explains it.
#include <iostream>

#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/play.h"
#include "cli/present.h"
#include "cli/verb.h"

namespace shakedown::cli {

int narrate_first_call() {
  std::cout
      << "shakedown plays a whole STIR/SHAKEN ecosystem on this machine, for tests only.\n\n"
         "In the scenario first-call an STI-PA approves the CA ca-one. The provider acme-tel "
         "makes\n"
         "a key, gets a service provider code token from the STI-PA and with it a certificate "
         "from\n"
         "ca-one, and publishes it behind a CDN. Then its subscribers call beta-voice: each call\n"
         "carries a signed PASSporT, and beta-voice fetches the certificate, follows it to the\n"
         "STI-PA's list, asks the revocation list and verifies the signature. Mallory calls too,\n"
         "first unsigned, then under a CA of her own.\n\n";
  const auto loaded = load_scenarios({"first-call"}, {}, std::cerr);
  if (!loaded) return kInternalError;
  const Played played = play(loaded->front(), {});
  if (played.exit_code > kNotMet) {
    std::cerr << "shakedown: " << played.error << '\n';
    return played.exit_code;
  }
  print_summary(std::cout, played.run, "shakedown.sqlite",
                {.colour = use_colour(stdout_is_terminal())});
  return played.exit_code;
}

}  // namespace shakedown::cli
