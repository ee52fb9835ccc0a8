#include "apps/server/gate.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace pome::app {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// A name or address and its port.
struct Authority {
  std::string name;  // in lower case, an IPv6 address without brackets
  bool bracketed = false;
  int port = 80;
};

std::optional<Authority> parse_authority(std::string_view text) {
  Authority authority;
  if (text.empty() || text.size() > 300) return std::nullopt;
  std::string_view rest;
  if (text.front() == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    authority.name = lower(text.substr(1, close - 1));
    authority.bracketed = true;
    rest = text.substr(close + 1);
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    authority.name = lower(text.substr(0, colon));
    rest = text.substr(colon);
  }
  if (authority.name.empty()) return std::nullopt;
  if (rest.empty()) return authority;
  if (rest.front() != ':') return std::nullopt;
  rest.remove_prefix(1);
  const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), authority.port);
  if (code != std::errc() || end != rest.data() + rest.size()) return std::nullopt;
  if (authority.port < 1 || authority.port > 65535) return std::nullopt;
  return authority;
}

bool is_numeric_address(const Authority& authority) {
  in6_addr ignored{};
  return inet_pton(authority.bracketed ? AF_INET6 : AF_INET, authority.name.c_str(), &ignored) == 1;
}

bool is_loopback_name(const Authority& authority) {
  if (authority.bracketed) return authority.name == "::1";
  return authority.name == "localhost" || authority.name == "127.0.0.1";
}

/// The page's own origin: the scheme and the very Host that was asked for.
bool is_own_origin(std::string_view origin, std::string_view host) {
  const std::string asked = lower(host);
  const std::string from = lower(origin);
  return from == "http://" + asked || from == "https://" + asked;
}

std::optional<Refusal> refuse_asker(const Head& head, const GateRules& rules) {
  if (head.hosts.size() != 1 || !host_allowed(head.hosts.front(), rules)) {
    return Refusal{403, "forbidden_host",
                   "This is not a name of this server. Ask for it as localhost or by its address; "
                   "`pome app --allow-host NAME` adds a name."};
  }
  for (const std::string& origin : head.origins) {
    if (!is_own_origin(origin, head.hosts.front()))
      return Refusal{403, "forbidden_origin", "Another page may not ask this server."};
  }
  // Browsers say so also where they send no Origin. A link from elsewhere to the page is harmless.
  const bool foreign = head.fetch_site == "cross-site" || head.fetch_site == "same-site";
  if (foreign && (head.method != "GET" || head.fetch_mode != "navigate"))
    return Refusal{403, "forbidden_origin", "Another page may not ask this server."};
  return std::nullopt;
}

std::optional<Refusal> refuse_body(const Head& head, const GateRules& rules) {
  if (!head.transfer_encoding.empty() || head.content_lengths.size() != 1)
    return Refusal{411, "length_required", "Send the picture whole, with one Content-Length."};
  if (!head.content_encoding.empty())
    return Refusal{415, "encoding", "Send the picture's file as it is, without Content-Encoding."};
  const std::string& text = head.content_lengths.front();
  uint64_t length = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (code != std::errc() || end != text.data() + text.size())
    return Refusal{400, "length_required", "The Content-Length is no number."};
  if (length > static_cast<uint64_t>(rules.max_bytes)) {
    return Refusal{413, "limit_exceeded",
                   "The file has " + std::to_string(length) + " bytes, at most " +
                       std::to_string(rules.max_bytes) + " are taken. Choose a smaller picture."};
  }
  // None of the types that a page elsewhere could send without asking first (fetch standard,
  // CORS-safelisted request-header).
  const std::string type = lower(head.content_type.substr(0, head.content_type.find(';')));
  if (type.rfind("image/", 0) != 0 && type != "application/octet-stream")
    return Refusal{415, "content_type",
                   "Send a picture: Content-Type image/jpeg, image/png or "
                   "application/octet-stream."};
  return std::nullopt;
}

}  // namespace

bool host_allowed(std::string_view host, const GateRules& rules) {
  const auto authority = parse_authority(host);
  if (!authority) return false;
  for (const std::string& name : rules.allowed_hosts)
    if (!authority->bracketed && lower(name) == authority->name) return true;
  if (authority->port != rules.port) return false;
  return is_loopback_name(*authority) || (rules.open_to_network && is_numeric_address(*authority));
}

std::optional<Refusal> refuse(const Head& head, const GateRules& rules) {
  if (auto refusal = refuse_asker(head, rules)) return refusal;
  if (head.method == "POST") return refuse_body(head, rules);
  if (head.method != "GET" && head.method != "HEAD")
    return Refusal{405, "method", "There are GET, HEAD and POST."};
  if (!head.transfer_encoding.empty() ||
      std::any_of(head.content_lengths.begin(), head.content_lengths.end(),
                  [](const std::string& length) { return length != "0"; }))
    return Refusal{400, "body", "A " + head.method + " has no body."};
  return std::nullopt;
}

}  // namespace pome::app
