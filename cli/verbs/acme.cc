// acme: a certificate from an ACME server outside, by the client that the providers use.
#include <httplib.h>

#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "actors/acme/acme_order.h"
#include "actors/certification_authority/dns_profile.h"
#include "actors/signing/sti_certificate_source.h"
#include "actors/workload/work.h"
#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/machine.h"
#include "cli/verb.h"
#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/tls_extensions.h"
#include "sim/wall_time/wall_world.h"
#include "stir/acme/spc_token.h"
#include "stir/credential/certificate_specs.h"
#include "stir/credential/number_scope.h"

namespace shakedown::cli {
namespace {

constexpr std::size_t kLargestAcmeFile = 1024 * 1024;
constexpr std::size_t kMostNames = 100;

struct AcmeOptions {
  actors::OrderRequest order;  // But for the keys and the request.
  std::string spc;             // Of the token, for the subject.
  std::vector<std::string> tls_ca_pem;
  std::optional<int> http_port;
  std::string output;
  std::string key_output;
};

// Answers http-01 challenges (RFC 8555 §8.3) on 127.0.0.1 for its life. Thread-safe.
class HttpChallengeServer {
 public:
  // Error: kEnvironment (port in use).
  Status start(int port) {
    constexpr const char* kPath = R"(/\.well-known/acme-challenge/([A-Za-z0-9_-]{1,256}))";
    server_.Get(kPath, [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      const auto found = authorizations_.find(request.matches[1].str());
      if (found == authorizations_.end()) {
        response.status = 404;
        return;
      }
      response.set_content(found->second, "application/octet-stream");
    });
    if (!server_.bind_to_port("127.0.0.1", port)) {
      return fail(ErrorCode::kEnvironment,
                  "--http-port: cannot listen on 127.0.0.1:" + std::to_string(port));
    }
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();  // An earlier stop() would be lost.
    return {};
  }

  void prepare(const actors::HttpChallenge& challenge) {
    const std::lock_guard lock(mutex_);
    authorizations_[challenge.token] = challenge.key_authorization;
  }

  ~HttpChallengeServer() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }

 private:
  httplib::Server server_;
  std::thread thread_;
  std::mutex mutex_;
  std::map<std::string, std::string> authorizations_;  // By token.
};

Status read_names(const po::variables_map& given, AcmeOptions& options) {
  if (given.count("dns") == 0) return {};
  options.order.dns_names = given["dns"].as<std::vector<std::string>>();
  if (options.order.dns_names.size() > kMostNames) {
    return fail(ErrorCode::kTooLarge, "--dns: more than " + std::to_string(kMostNames) + " names");
  }
  for (const std::string& name : options.order.dns_names) {
    if (const auto objection = actors::objection_to_dns_name(name)) {
      return fail(ErrorCode::kMalformed, "--dns: '" + name + "': " + *objection);
    }
  }
  return {};
}

// The token says which TNAuthList is ordered. It is for one account key (RFC 9448 §5.4).
Status read_token(const po::variables_map& given, AcmeOptions& options) {
  if (given.count("spc-token") == 0) return {};
  if (given.count("account-key") == 0) {
    return fail(ErrorCode::kMalformed, "--spc-token needs the --account-key that it is for");
  }
  ASSIGN_OR_RETURN(auto text, read_file(text_option(given, "spc-token"), kLargestAcmeFile));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const auto token = stir::parse_spc_token(text);
  if (!token) return fail(ErrorCode::kMalformed, "--spc-token: " + token.error().detail);
  auto der = stir::tn_auth_list_of_identifier(token->token.atc.tkvalue);
  if (!der) return fail(ErrorCode::kMalformed, "--spc-token: no TNAuthList in its tkvalue");
  const auto entries = crypto::decode_tn_auth_list(*der);
  if (!entries) return fail(ErrorCode::kMalformed, "--spc-token: " + entries.error().detail);
  options.spc = actors::sti_common_name(*entries);
  options.order.tn_auth_list_der = *std::move(der);
  options.order.spc_token = std::move(text);
  return {};
}

Status read_account(const po::variables_map& given, AcmeOptions& options) {
  options.order.contact = text_option(given, "contact");
  if (!options.order.contact.empty() && options.order.contact.find(':') == std::string::npos) {
    options.order.contact.insert(0, "mailto:");
  }
  if (given.count("account-key") > 0) {
    ASSIGN_OR_RETURN(const auto pem,
                     read_file(text_option(given, "account-key"), kLargestAcmeFile));
    auto key = crypto::PrivateKey::from_pem(pem);
    if (!key) return fail(ErrorCode::kMalformed, "--account-key: " + key.error().detail);
    options.order.account_key = *std::move(key);
  }
  const std::string external = text_option(given, "external-account");
  if (external.empty()) return {};
  const std::size_t equals = external.find('=');
  if (equals != std::string::npos && equals > 0) {
    const auto key = crypto::base64url_decode(external.substr(equals + 1));
    if (key && !key->octets.empty()) {
      options.order.external_account = {external.substr(0, equals), key->octets};
      return {};
    }
  }
  return fail(ErrorCode::kMalformed, "--external-account: expected KID=KEY with KEY in base64url");
}

Result<AcmeOptions> read_acme_options(const po::variables_map& given) {
  AcmeOptions options;
  options.order.directory_url = text_option(given, "directory");
  const auto url = sim::parse_url(options.order.directory_url);
  if (!url || (url->scheme != "https" && url->scheme != "http")) {
    return fail(ErrorCode::kMalformed,
                "--directory: '" + options.order.directory_url + "', expected a URL");
  }
  if ((given.count("dns") == 0) == (given.count("spc-token") == 0)) {
    return fail(ErrorCode::kMalformed, "either --dns or --spc-token says what is ordered");
  }
  RETURN_IF_ERROR(read_names(given, options));
  RETURN_IF_ERROR(read_token(given, options));
  RETURN_IF_ERROR(read_account(given, options));
  if (given.count("tls-ca") > 0) {
    ASSIGN_OR_RETURN(auto pem, read_file(text_option(given, "tls-ca"), kLargestAcmeFile));
    const auto bundle = crypto::read_pem_certificates(pem, {.octets = kLargestAcmeFile});
    if (!bundle) return fail(ErrorCode::kMalformed, "--tls-ca: " + bundle.error().detail);
    options.tls_ca_pem.push_back(std::move(pem));
  }
  if (given.count("http-port") > 0) {
    const std::uint64_t port = given["http-port"].as<std::uint64_t>();
    if (port == 0 || port > 65535) {
      return fail(ErrorCode::kMalformed,
                  "--http-port: " + std::to_string(port) + ", expected 1 to 65535");
    }
    options.http_port = static_cast<int>(port);
  }
  const auto patience = sim::parse_duration(text_option(given, "timeout"));
  if (!patience || *patience <= sim::Duration{}) {
    return fail(ErrorCode::kMalformed, "--timeout: expected a duration such as 90s");
  }
  options.order.deadline = *patience;
  options.output = text_option(given, "output");
  options.key_output = text_option(given, "key-out");
  return options;
}

Result<crypto::Bytes> certificate_request(const AcmeOptions& options,
                                          const crypto::PrivateKey& key) {
  crypto::RequestSpec spec;
  if (!options.order.dns_names.empty()) {
    spec.subject = crypto::Name{};
    spec.extensions = {crypto::extension::subject_alt_name(options.order.dns_names)};
    return crypto::build_request(spec, key);
  }
  spec.subject =
      crypto::Name{{{"C", "US"}, {"O", stir::test_organization("Shakedown")}, {"CN", options.spc}}};
  spec.extensions = {crypto::extension::basic_constraints(false),
                     crypto::extension::tn_auth_list(options.order.tn_auth_list_der)};
  return crypto::build_request(spec, key);
}

int exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnreachable:
    case ErrorCode::kTimeout:
    case ErrorCode::kEnvironment:
      return kEnvironment;
    default:
      return kNotMet;  // The server refused, or answered what a client cannot use.
  }
}

int failed(const Error& error, int exit_code) {
  std::cerr << "shakedown acme: " << error.detail << '\n';
  return exit_code;
}

int write_results(const AcmeOptions& options,
                  const actors::IssuedChain& chain,
                  const crypto::PrivateKey& key) {
  Status written;
  if (!options.key_output.empty()) {
    written = write_file(options.key_output, key.to_pem().view(), kForOwner);
  }
  if (written && !options.output.empty()) written = write_file(options.output, chain.pem);
  if (!written) return failed(written.error(), kEnvironment);
  if (options.output.empty()) std::cout << chain.pem;
  std::cerr << "issued " << chain.leaf()->serial_hex() << ", valid until "
            << sim::format_time(chain.leaf()->not_after()) << ", certificates "
            << chain.certificates.size() << ", nonces refused " << chain.refused_nonces << '\n';
  return kAllMet;
}

// Orders in a wall-clock world with this one actor. Empty: interrupted.
Result<std::optional<actors::IssuedChain>> order_outside(const AcmeOptions& options) {
  sim::WallOptions wall;
  wall.sink = [](sim::Recorded) {};
  wall.outsiders = true;
  wall.costs = actors::typical_costs();
  wall.extra_ca_pem = options.tls_ca_pem;
  wall.verify_outsiders = !options.tls_ca_pem.empty();
  ASSIGN_OR_RETURN(auto world, sim::WallWorld::create(std::move(wall)));
  sim::Env& env = world->add_actor({.name = "acme"});
  std::optional<Result<actors::IssuedChain>> issued;
  world->start(
      env, "order", [&] { issued = actors::order_certificate(env, options.order); },
      sim::Daemon::kNo);
  {
    const SignalGuard guard(*world);
    world->run(sim::kNever);
  }
  if (!issued) return std::optional<actors::IssuedChain>();
  ASSIGN_OR_RETURN(auto chain, *std::move(issued));
  return std::optional<actors::IssuedChain>(std::move(chain));
}

int acme(const po::variables_map& given) {
  auto options = read_acme_options(given);
  if (!options) {
    if (options.error().code == ErrorCode::kEnvironment) {
      return failed(options.error(), kEnvironment);
    }
    return bad_usage("acme", options.error().detail);
  }
  const auto key = crypto::PrivateKey::generate();
  if (!key) return failed(key.error(), kEnvironment);
  if (options->order.account_key == nullptr) {
    auto account_key = crypto::PrivateKey::generate();
    if (!account_key) return failed(account_key.error(), kEnvironment);
    options->order.account_key = *std::move(account_key);
  }
  auto csr = certificate_request(*options, **key);
  if (!csr) return failed(csr.error(), kInternalError);
  options->order.csr_der = *std::move(csr);
  HttpChallengeServer challenges;
  if (options->http_port) {
    if (const Status started = challenges.start(*options->http_port); !started) {
      return failed(started.error(), kEnvironment);
    }
    options->order.prepare = [&](const actors::HttpChallenge& challenge) {
      challenges.prepare(challenge);
    };
  }
  const auto chain = order_outside(*options);
  if (!chain) {
    Error error = chain.error();
    if (error.detail.ends_with("no such host")) {
      error.detail += " (asked are 127.0.0.0/8, [::1] and localhost alone)";
    }
    return failed(error, exit_code_of(error));
  }
  if (!*chain) {
    std::cerr << "shakedown acme: interrupted\n";
    return kInterrupted;
  }
  return write_results(*options, **chain, **key);
}

}  // namespace

const Verb kAcmeVerb{
    "acme",
    "",
    "a certificate from an ACME server outside, by the client of the providers",
    "Orders dns names, or the TNAuthList of an SPC token; only a server on this machine is asked\n"
    "(127.0.0.0/8, [::1], localhost). http-01 is answered on --http-port; without that, and for\n"
    "other challenges of names, the server is only told to look. Exit 1 if the server refuses.\n"
    "  shakedown acme --directory https://127.0.0.1:14000/dir --tls-ca minica.pem \\\n"
    "    --dns example.org --http-port 5002 --output chain.pem --key-out key.pem",
    [](po::options_description& options) {
      options.add_options()("directory", po::value<std::string>()->required()->value_name("URL"),
                            "the server's directory");
      options.add_options()("dns", po::value<std::vector<std::string>>()->value_name("NAME"),
                            "a dns name to be certified (repeatable)");
      options.add_options()("spc-token", po::value<std::string>()->value_name("FILE"),
                            "order the TNAuthList of this SPC token by tkauth-01");
      options.add_options()("account-key", po::value<std::string>()->value_name("FILE"),
                            "the account's P-256 key, PEM; without it a new one is made");
      options.add_options()("contact", po::value<std::string>()->value_name("ADDRESS"),
                            "the account's mail address");
      options.add_options()("external-account", po::value<std::string>()->value_name("KID=KEY"),
                            "the external account of the server's operator, KEY in base64url");
      options.add_options()("http-port", po::value<std::uint64_t>()->value_name("PORT"),
                            "where http-01 challenges are answered, on 127.0.0.1");
      options.add_options()("tls-ca", po::value<std::string>()->value_name("FILE"),
                            "the authority of the server's HTTPS certificate, PEM; without it "
                            "that is not checked");
      options.add_options()("output,o", po::value<std::string>()->value_name("FILE"),
                            "the chain, PEM; standard output by default");
      options.add_options()("key-out", po::value<std::string>()->value_name("FILE"),
                            "the certificate's key, PEM; without it the key is forgotten");
      options.add_options()("timeout", po::value<std::string>()->default_value("2m"),
                            "how long all may take");
    },
    acme};

}  // namespace shakedown::cli
