// Which requests are let in, by their head alone: before a byte of a body is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pome::app {

/// Why a request is turned away: an HTTP status, a code for programs, a sentence for people.
struct Refusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// What the head of a request says. A plain value.
struct Head {
  std::string method;
  std::vector<std::string> hosts;    // every Host header
  std::vector<std::string> origins;  // every Origin header
  std::string fetch_site;            // Sec-Fetch-Site: what the browser says of the asker
  std::string fetch_mode;            // Sec-Fetch-Mode
  std::string content_type;
  std::string content_encoding;
  std::string transfer_encoding;
  std::vector<std::string> content_lengths;  // every Content-Length header
};

/// Who may ask, and for how much. A plain value; immutable once threads use it.
struct GateRules {
  int port = 0;
  /// Numeric addresses are let in as a Host (the server listens beyond the loopback address).
  bool open_to_network = false;
  /// Further names, at any port (they may stand for a proxy in front).
  std::vector<std::string> allowed_hosts;
  int64_t max_bytes = 0;
};

/// True when `host` (a Host header: name, "[v6]", and ":port" unless it is 80) names this server. A
/// page of somebody else whose DNS points here sends its own name, and is found out.
bool host_allowed(std::string_view host, const GateRules& rules);

/// Nothing when the request may go on: a good Host; no other page's Origin, nor one that the
/// browser says is foreign; for a POST a length within the limit, no encoding and the type of a
/// picture.
std::optional<Refusal> refuse(const Head& head, const GateRules& rules);

}  // namespace pome::app
