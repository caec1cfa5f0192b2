// What the sources that build an ecosystem share. Internal to them.
#pragma once

#include <string>
#include <string_view>

#include "actors/signing/certificate_management.h"
#include "scenarios/model/ecosystem.h"

namespace shakedown::scenarios {

// "acme-tel" -> "Acme Tel": what stands in O, before the builder adds that nobody should trust it.
std::string organization_of(std::string_view name);

actors::CertificateManagementOptions management_options(const CertificatePolicy& model,
                                                        std::string directory);

}  // namespace shakedown::scenarios
