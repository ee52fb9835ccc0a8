#include "api/compiled_cache.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "api/network.h"
#include "base/thread_pool.h"
#include "base/try.h"
#include "cpu/cache.h"
#include "cpu/isa.h"
#include "feature/description_io.h"
#include "plan/plan_file.h"
#include "runtime/network_predictor.h"

namespace pome::api {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostFiles = 1000;  // of a package
constexpr uint64_t kPage = 4096;
constexpr std::array<char, 8> kMagic = {'P', 'O', 'M', 'E', 'M', 'O', 'D', '1'};
constexpr std::string_view kNotKept = "not kept";

/// What a file of the cache begins with; the description follows, and at the next page the plan.
struct Header {
  std::array<char, 8> magic = kMagic;
  uint64_t description_bytes = 0;
  ContentHash description_hash;
};

template <typename T>
void add(ContentHash& hash, const T& value) {
  hash = content_hash(std::as_bytes(std::span(&value, 1)), hash);
}

void add_text(ContentHash& hash, std::string_view text) {
  hash = content_hash(std::as_bytes(std::span(text)), hash);
}

/// As the file system knows a file; false when it is not there.
bool add_file(ContentHash& hash, const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return false;
  add(hash, static_cast<uint64_t>(info.st_dev));
  add(hash, static_cast<uint64_t>(info.st_ino));
  add(hash, static_cast<uint64_t>(info.st_size));
  add(hash, static_cast<int64_t>(info.st_mtim.tv_sec));
  add(hash, static_cast<int64_t>(info.st_mtim.tv_nsec));
  return true;
}

/// The model's file, or those of the package, in the order of their names; empty when there are too
/// many.
std::vector<fs::path> files_of(const fs::path& model) {
  std::error_code error;
  if (!fs::is_directory(model, error)) return {model};
  std::vector<fs::path> files;
  for (auto it = fs::recursive_directory_iterator(model, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->is_regular_file(error)) files.push_back(it->path());
    if (files.size() > kMostFiles) return {};
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<ContentHash> identity_of(const fs::path& model) {
  ContentHash hash;
  const std::vector<fs::path> files = files_of(model);
  for (const fs::path& file : files) {
    add_text(hash, file.lexically_relative(model).string());
    if (!add_file(hash, file)) return std::nullopt;
  }
  return files.empty() ? std::nullopt : std::optional(hash);
}

/// All that decides over a plan beside the model: this very build of the library, by its file.
ContentHash options_of(const ModelConfiguration& configuration) {
  ContentHash hash;
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&options_of), &info) != 0 && info.dli_fname != nullptr)
    add_file(hash, info.dli_fname);
  const auto isa = cpu::choose_isa();
  add_text(hash, isa.ok() ? cpu::name(*isa) : "");
  add(hash, cpu::second_cache_bytes());
  add(hash, configuration.threads > 0 ? configuration.threads : available_cpus());
  add_text(hash, configuration.function_name);
  for (const std::string& kernel : configuration.without_kernels) add_text(hash, kernel);
  add(hash, configuration.compute_units);
  return hash;
}

uint64_t page_above(uint64_t n) { return (n + kPage - 1) / kPage * kPage; }

}  // namespace

CompiledCache::CompiledCache(fs::path model, const ModelConfiguration& configuration,
                             CacheFolder folder, ContentHash options, ContentHash files)
    : model_(std::move(model)),
      configuration_(configuration),
      folder_(std::move(folder)),
      options_(options),
      files_(files) {}

void CompiledCache::note(const std::string& sentence) const {
  if (configuration_.note) configuration_.note(sentence);
}

std::optional<CompiledCache> CompiledCache::open(const fs::path& model,
                                                 const ModelConfiguration& configuration) {
  if (!configuration.compiled_cache || configuration.emulate_float16 ||
      !configuration.custom_layers.empty() || !configuration.custom_models.empty())
    return std::nullopt;
  const auto complain = [&](const std::string& why) {
    if (configuration.note) configuration.note("compiled networks are not kept: " + why);
  };
  const fs::path path = configuration.compiled_cache->empty() ? CacheFolder::default_path()
                                                              : *configuration.compiled_cache;
  if (path.empty()) {
    complain("neither XDG_CACHE_HOME nor HOME names a folder");
    return std::nullopt;
  }
  auto folder = CacheFolder::open(path, configuration.compiled_cache_limit);
  if (!folder.ok()) {
    complain(folder.error().to_string());
    return std::nullopt;
  }
  const auto files = identity_of(model);
  if (!files) return std::nullopt;
  return CompiledCache(model, configuration, *std::move(folder), options_of(configuration), *files);
}

/// Hashes the content of all files: what the names of compiled models are made of.
std::optional<std::string> CompiledCache::name_by_content() {
  ContentHash hash = options_;
  for (const fs::path& path : files_of(model_)) {
    const auto file = MappedFile::open(path);
    if (!file.ok()) return std::nullopt;
    add_text(hash, path.lexically_relative(model_).string());
    hash = content_hash((*file)->bytes(), hash);
  }
  return hash.to_string() + ".model";
}

std::unique_ptr<Predictor> CompiledCache::find() {
  ContentHash quick = options_;
  add(quick, files_);
  const std::string reference = quick.to_string() + ".name";
  const auto known = folder_.find(reference);
  if (known.ok()) {
    const auto bytes = (*known)->bytes();
    const std::string name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (name == kNotKept) return nullptr;
    // Names are made of digits: nothing leads out of the folder.
    const bool plain = name.size() == 38 && name.find('/') == std::string::npos;
    if (plain) {
      if (auto predictor = load(name)) return predictor;
    }
  }
  const auto name = name_by_content();
  if (!name) return nullptr;
  auto predictor = load(*name);
  if (predictor != nullptr) {
    (void)folder_
        .store(reference,
               [&](const ByteSink& sink) { return sink(std::as_bytes(std::span(*name))); })
        .ok();
  }
  return predictor;
}

std::unique_ptr<Predictor> CompiledCache::load(const std::string& name) {
  const auto file = folder_.find(name);
  if (!file.ok()) {
    if (file.error().code() != ErrorCode::kNotFound)
      note("a compiled network is ignored: " + file.error().to_string());
    return nullptr;
  }
  const auto read = [&]() -> Result<std::unique_ptr<runtime::NetworkPredictor>> {
    const auto bytes = (*file)->bytes();
    const Error cut(ErrorCode::kCorrupt, "the file is cut short or none of ours");
    Header header;
    if (bytes.size() < sizeof(header)) return cut;
    std::memcpy(&header, bytes.data(), sizeof(header));
    if (header.magic != kMagic || header.description_bytes > bytes.size() - sizeof(header))
      return cut;
    const auto text = bytes.subspan(sizeof(header), static_cast<size_t>(header.description_bytes));
    const uint64_t begin = page_above(sizeof(header) + header.description_bytes);
    if (begin > bytes.size() || content_hash(text) != header.description_hash) return cut;
    ModelDescription description;
    ByteReader reader(text);
    transfer(reader, description);
    if (!reader.ok()) return cut;
    POME_ASSIGN(plan::Plan plan, plan::read_plan(bytes.subspan(static_cast<size_t>(begin)), *file));
    POME_ASSIGN(const runtime::NetworkOptions options, network_options(configuration_));
    if (plan.packed_bytes() + plan.arena_bytes > configuration_.memory_limit)
      return Error(ErrorCode::kLimitExceeded, "it needs more than the memory limit");
    return runtime::NetworkPredictor::create(std::move(description), std::move(plan), options);
  };
  auto predictor = read();
  if (predictor.ok()) return *std::move(predictor);
  if (predictor.error().code() == ErrorCode::kLimitExceeded) return nullptr;
  note("a compiled network is ignored and made again: " + (folder_.path() / name).string() + ": " +
       predictor.error().to_string());
  folder_.remove(name);
  return nullptr;
}

void CompiledCache::store(const Predictor& predictor) {
  // A model that changed while it was compiled is not kept under its old name.
  const auto now = identity_of(model_);
  if (!now || *now != files_) return;
  const auto* network = dynamic_cast<const runtime::NetworkPredictor*>(&predictor);
  const plan::Plan* plan = network != nullptr ? network->only_plan() : nullptr;
  const bool kept =
      plan != nullptr && plan::can_be_written(*plan) && network->description().states.empty();
  ContentHash quick = options_;
  add(quick, files_);
  std::string name(kNotKept);
  if (kept) {
    const auto by_content = name_by_content();
    if (!by_content) return;
    name = *by_content;
    const Status stored = folder_.store(name, [&](const ByteSink& sink) -> Status {
      ModelDescription description = network->description();
      ByteWriter writer;
      transfer(writer, description);
      Header header;
      header.description_bytes = writer.bytes().size();
      header.description_hash = content_hash(writer.bytes());
      POME_TRY(sink(std::as_bytes(std::span(&header, 1))));
      POME_TRY(sink(writer.bytes()));
      const uint64_t end = sizeof(header) + header.description_bytes;
      POME_TRY(sink(std::vector<std::byte>(static_cast<size_t>(page_above(end) - end))));
      return plan::write_plan(*plan, sink);
    });
    if (!stored.ok()) return note("a compiled network is not kept: " + stored.error().to_string());
  }
  const Status stored = folder_.store(quick.to_string() + ".name", [&](const ByteSink& sink) {
    return sink(std::as_bytes(std::span(name)));
  });
  if (!stored.ok()) note("a compiled network is not kept: " + stored.error().to_string());
}

}  // namespace pome::api
