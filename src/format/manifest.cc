// Manifest.json: text to Manifest and back.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/invalid.h"
#include "base/text.h"
#include "base/try.h"
#include "format/package.h"

namespace pome::format {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 8;  // a manifest has 3 levels
constexpr size_t kMaxItems = 10'000;

/// Parses, refusing doubled keys, which JSON libraries would merge silently.
Result<json> parse_json(std::string_view text) {
  std::vector<std::set<std::string>> keys;  // of the objects being read
  std::string doubled;
  bool deep = false;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMaxDepth) deep = true;
    if (event == json::parse_event_t::object_start) {
      keys.emplace_back();
    } else if (event == json::parse_event_t::object_end) {
      if (!keys.empty()) keys.pop_back();
    } else if (event == json::parse_event_t::key && !keys.empty()) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(key).second && doubled.empty()) doubled = key;
    }
    return !deep;
  };
  json document = json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (deep) return invalid("values are nested more than " + std::to_string(kMaxDepth) + " deep");
  if (document.is_discarded()) {
    return invalid("the manifest is not JSON; it starts with " + pome::quoted(text, 40));
  }
  if (!doubled.empty()) return invalid("the key " + pome::quoted(doubled) + " stands twice");
  if (!document.is_object()) return invalid("the manifest is not a JSON object");
  return document;
}

/// A string member; `fallback` when it is absent and there is one.
Result<std::string> text_member(const json& object, const char* key, const char* fallback) {
  const auto found = object.find(key);
  if (found == object.end()) {
    if (fallback != nullptr) return std::string(fallback);
    return invalid("the key \"" + std::string(key) + "\" is missing");
  }
  if (!found->is_string()) {
    return invalid("\"" + std::string(key) + "\" is a JSON " + found->type_name() +
                   ", a string is expected");
  }
  return found->get<std::string>();
}

Result<ManifestItem> parse_item(const std::string& identifier, const json& value) {
  if (!value.is_object()) {
    return invalid(std::string("the entry is a JSON ") + value.type_name() +
                   ", an object is expected");
  }
  ManifestItem item;
  item.identifier = identifier;
  POME_ASSIGN(item.path, text_member(value, "path", nullptr));
  POME_ASSIGN(item.name, text_member(value, "name", ""));
  POME_ASSIGN(item.author, text_member(value, "author", ""));
  POME_ASSIGN(item.description, text_member(value, "description", ""));
  const std::string reason = unsafe_path_reason(item.path);
  if (!reason.empty()) return invalid("the path " + pome::quoted(item.path) + " " + reason);
  return item;
}

Status parse_items(const json& document, Manifest& manifest) {
  const auto entries = document.find("itemInfoEntries");
  if (entries == document.end()) return invalid("the key \"itemInfoEntries\" is missing");
  if (!entries->is_object()) {
    return invalid(std::string("\"itemInfoEntries\" is a JSON ") + entries->type_name() +
                   ", an object is expected");
  }
  if (entries->size() > kMaxItems) {
    return Error(ErrorCode::kLimitExceeded, "the manifest has " + std::to_string(entries->size()) +
                                                " items, the limit is " +
                                                std::to_string(kMaxItems));
  }
  std::map<std::string, std::string> seen;  // path -> identifier
  for (const auto& [identifier, value] : entries->items()) {
    Result<ManifestItem> item = parse_item(identifier, value);
    if (!item) return std::move(item).error().at(pome::quoted(identifier)).at("itemInfoEntries");
    const auto [other, fresh] = seen.emplace(item->path, identifier);
    if (!fresh) {
      return invalid("the items " + pome::quoted(other->second) + " and " +
                     pome::quoted(identifier) + " have the same path " + pome::quoted(item->path));
    }
    manifest.items.push_back(*std::move(item));
  }
  return {};
}

Status check_version(const json& document) {
  POME_ASSIGN(const std::string version, text_member(document, "fileFormatVersion", nullptr));
  if (version.starts_with("1.")) return {};
  return Error(ErrorCode::kUnsupported, "the package has file format version " +
                                            pome::quoted(version) + ", 1.0.0 is supported");
}

}  // namespace

std::string unsafe_path_reason(std::string_view path) {
  if (path.empty()) return "is empty";
  if (!is_valid_utf8(path)) return "is not UTF-8 text without NUL";
  if (path.front() == '/') return "is absolute; a path inside of the package is expected";
  if (path.back() == '/') path.remove_suffix(1);
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == ".") return "has an empty part";
    if (part == "..") return "leaves the package with \"..\"";
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return {};
}

Result<Manifest> parse_manifest(std::string_view text) {
  POME_ASSIGN(const json document, parse_json(text));
  POME_TRY(check_version(document));
  Manifest manifest;
  POME_TRY(parse_items(document, manifest));
  POME_ASSIGN(const std::string root, text_member(document, "rootModelIdentifier", nullptr));
  if (root.empty()) return invalid("\"rootModelIdentifier\" is empty");
  for (size_t i = 0; i < manifest.items.size(); ++i) {
    if (manifest.items[i].identifier != root) continue;
    manifest.root = i;
    return manifest;
  }
  return invalid("\"rootModelIdentifier\" is " + pome::quoted(root) +
                 ", no item has that identifier");
}

std::string manifest_text(const Manifest& manifest) {
  json entries = json::object();
  for (const ManifestItem& item : manifest.items) {
    entries[item.identifier] = {{"author", item.author},
                                {"description", item.description},
                                {"name", item.name},
                                {"path", item.path}};
  }
  const json document = {{"fileFormatVersion", "1.0.0"},
                         {"itemInfoEntries", std::move(entries)},
                         {"rootModelIdentifier", manifest.items[manifest.root].identifier}};
  return document.dump(4, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace pome::format
