// The JSON Schema of vectors.json.
#include "vectors/catalogue_json.h"

namespace shakedown::vectors {
namespace {

constexpr std::string_view kSchema = R"json({
 "$schema": "http://json-schema.org/draft-07/schema#",
 "title": "STIR/SHAKEN verification vectors",
 "type": "object",
 "required": ["version", "notice", "base_time", "profiles", "shared", "cases"],
 "additionalProperties": false,
 "properties": {
  "$schema": {"type": "string"},
  "version": {"const": 1},
  "notice": {"type": "string"},
  "base_time": {"type": "string", "format": "date-time"},
  "profiles": {"type": "array", "items": {"type": "string"}},
  "shared": {"type": "object", "additionalProperties": {
   "type": "object", "required": ["file"], "additionalProperties": false,
   "properties": {"file": {"type": "string"}, "url": {"type": "string"}}}},
  "cases": {"type": "array", "items": {"$ref": "#/definitions/case"}}
 },
 "definitions": {
  "headers": {"type": "array", "items": {
   "type": "object", "required": ["name", "value"], "additionalProperties": false,
   "properties": {"name": {"type": "string"}, "value": {"type": "string"}}}},
  "exchange": {
   "type": "object",
   "description": "What the URL answers. With failure there is no answer at all.",
   "required": ["url"],
   "additionalProperties": false,
   "oneOf": [{"required": ["failure"]}, {"required": ["status", "headers", "body"]},
             {"required": ["status", "headers", "body_base64"]}],
   "properties": {
    "url": {"type": "string"},
    "status": {"type": "integer", "minimum": 100, "maximum": 599},
    "headers": {"$ref": "#/definitions/headers"},
    "body": {"type": "string"},
    "body_base64": {"type": "string"},
    "failure": {"enum": ["timeout", "unreachable", "tls_expired", "tls_wrong_host",
                         "tls_untrusted"]}}},
  "verdict": {
   "type": "object",
   "required": ["passed", "verstat"],
   "additionalProperties": false,
   "properties": {
    "passed": {"type": "boolean"},
    "verstat": {"enum": ["TN-Validation-Passed", "TN-Validation-Failed", "No-TN-Validation"]},
    "step": {"type": "string", "description": "The step that decides; see docs/profiles.md."},
    "code": {"enum": [0, 403, 428, 436, 437, 438],
             "description": "0: the call goes through unverified."}}},
  "case": {
   "type": "object",
   "required": ["id", "group", "title", "clause", "numbers", "importance", "needs",
                "configuration", "verification_time", "identity", "sip", "http", "chain",
                "expected"],
   "additionalProperties": false,
   "properties": {
    "id": {"type": "string", "pattern": "^[a-z0-9-]+/[a-z0-9-]+$"},
    "group": {"type": "string"},
    "title": {"type": "string"},
    "clause": {"type": "string"},
    "numbers": {"type": "array", "items": {"type": "string", "pattern": "^N[0-9]+$"}},
    "importance": {"enum": ["critical", "high", "medium", "low"]},
    "needs": {"type": "array", "description": "What a live verifier must be set up for.",
              "items": {"type": "string"}},
    "configuration": {
     "type": "object",
     "description": "How the verifier is set up where that is not the profile's default.",
     "additionalProperties": false,
     "properties": {
      "require_identity": {"const": true},
      "seen_before": {"const": true},
      "revocation_hard_fail": {"const": true},
      "dest_may_be_request_uri": {"const": true},
      "refetch_on_bad_signature": {"const": true},
      "mixed_list": {"enum": ["union", "intersection", "reject"]},
      "number_authority": {"type": "object", "additionalProperties": {"type": "string"}}}},
    "verification_time": {"type": "string", "format": "date-time"},
    "identity": {"type": "array", "items": {"type": "string"},
                 "description": "The values of the Identity header fields, also in sip."},
    "sip": {
     "type": "object",
     "required": ["method", "request_uri", "headers", "body"],
     "additionalProperties": false,
     "properties": {"method": {"type": "string"}, "request_uri": {"type": "string"},
                    "headers": {"$ref": "#/definitions/headers"}, "body": {"type": "string"}}},
    "http": {"type": "array", "items": {"$ref": "#/definitions/exchange"},
             "description": "Any other URL than these and the shared ones is unreachable."},
    "cached": {"type": "array", "items": {"$ref": "#/definitions/exchange"},
               "description": "What URLs answered before, still fresh in the verifier's cache."},
    "chain": {"type": "array", "items": {"type": "string"},
              "description": "Certificates of the signer, base64 of DER, leaf first."},
    "crl": {"type": "string", "description": "Base64 of DER; instead of the shared one."},
    "crl_signer_chain": {"type": "string", "description": "PEM, for the CRL alone."},
    "trust_list": {"type": "string", "description": "Instead of the shared one."},
    "newest_crl_number": {"type": "string", "description": "Hexadecimal; seen before."},
    "expected": {"type": "object", "additionalProperties": {"$ref": "#/definitions/verdict"}}
   }}
 }
}
)json";

}  // namespace

std::string_view catalogue_schema() { return kSchema; }

}  // namespace shakedown::vectors
