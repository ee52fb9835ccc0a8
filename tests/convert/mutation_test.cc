// Damaged Keras files: no crash, no hang, no more memory than allowed.
//
// POME_MUTATIONS says how many per kind of file; 5,000 is the long form.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "base/file.h"
#include "convert/common/zip_archive.h"
#include "convert/keras/read.h"
#include "convert/keras/translate.h"
#include "convert/keras/weights.h"
#include "tests/convert/golden.h"
#include "tests/support/mutate.h"
#include "tests/support/temporary_folder.h"

namespace pome::testing {
namespace {

using Bytes = std::vector<std::byte>;

// Of the processor's time, ours and the helper's, which does not grow when the machine is busy;
// the kernel stops the helper at the second tick.
constexpr double kLongest = 2.5;

int mutations() {
  const char* wanted = std::getenv("POME_MUTATIONS");
  return wanted != nullptr ? std::atoi(wanted) : 250;
}

double processor_seconds() {
  double seconds = 0;
  for (int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& t : {usage.ru_utime, usage.ru_stime})
      seconds += static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  }
  return seconds;
}

Bytes read_bytes(const std::string& name) {
  auto bytes = read_file(keras_data(name), 1 << 24);
  EXPECT_TRUE(bytes.ok()) << name;
  return bytes.ok() ? *bytes : Bytes();
}

std::string_view as_text(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ConvertOptions bounded() {
  ConvertOptions options = as_arrays();
  options.memory_limit = 64 << 20;
  return options;
}

struct Outcome {
  int tried = 0;
  int past_parser = 0;
  int accepted = 0;
  double longest = 0;
};

/// Runs `attempt` (which tells whether the outermost parser was passed and whether all was
/// accepted) on damaged copies of the files in turn.
template <typename Attempt>
Outcome damage(const std::vector<std::string>& files, int times, Attempt attempt) {
  Outcome outcome;
  for (size_t f = 0; f < files.size(); ++f) {
    const Bytes whole = read_bytes(files[f]);
    Mutator mutate(4242 + f);
    for (int i = 0; i < times / static_cast<int>(files.size()); ++i) {
      const double start = processor_seconds();
      attempt(mutate(whole), outcome);
      const double took = processor_seconds() - start;
      EXPECT_LT(took, kLongest) << files[f] << ", mutation " << i;
      outcome.longest = std::max(outcome.longest, took);
      ++outcome.tried;
    }
  }
  return outcome;
}

void print(const char* what, const Outcome& outcome) {
  std::cout << what << ": " << outcome.tried << " mutations, " << outcome.past_parser
            << " past the outermost parser, " << outcome.accepted << " accepted, the longest took "
            << outcome.longest << " s\n";
}

/// A refusal says something, and never that it is our fault.
void expect_clear(const Error& error) {
  EXPECT_FALSE(error.message().empty());
  EXPECT_NE(error.code(), ErrorCode::kInternal) << error.to_string();
}

TEST(MutatedKeras, Hdf5) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.h5";
  const auto outcome = damage({"keras224/sequential.h5", "keras2/nested.h5", "keras3/shared.h5",
                               "keras1/channels_first.h5"},
                              mutations(), [&](const Bytes& bytes, Outcome& o) {
                                ASSERT_TRUE(write_file_atomically(path, bytes).ok());
                                const auto converted = translate::translate_file(path, bounded());
                                o.accepted += converted.ok();
                                if (converted.ok()) {
                                  ++o.past_parser;
                                } else {
                                  expect_clear(converted.error());
                                  // What the HDF5 library refuses says so.
                                  const std::string text = converted.error().message();
                                  o.past_parser +=
                                      text.find("HDF5") == std::string::npos &&
                                      text.find("cut short") == std::string::npos &&
                                      text.find("pome-hdf5-reader") == std::string::npos;
                                }
                              });
  print("HDF5", outcome);
  EXPECT_GE(outcome.past_parser * 3, outcome.tried);
}

TEST(MutatedKeras, Archive) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.keras";
  const auto outcome =
      damage({"keras3/sequential.keras", "keras3/nested.keras", "keras2/nested.keras"}, mutations(),
             [&](const Bytes& bytes, Outcome& o) {
               o.past_parser += translate::ZipArchive::open(bytes, {}).ok();
               ASSERT_TRUE(write_file_atomically(path, bytes).ok());
               const auto converted = translate::translate_file(path, bounded());
               o.accepted += converted.ok();
               if (!converted.ok()) expect_clear(converted.error());
             });
  print(".keras", outcome);
  EXPECT_GE(outcome.past_parser * 3, outcome.tried);
}

/// Damages a value somewhere in the tree: another number, another type, a member gone or doubled.
class JsonMutator {
 public:
  explicit JsonMutator(uint64_t seed) : random_(seed) {}

  keras::Json operator()(const keras::Json& whole) {
    keras::Json copy = whole;
    for (uint64_t i = 0; i < 1 + below(2); ++i) change(pick(copy));
    return copy;
  }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }

  keras::Json& pick(keras::Json& root) {
    keras::Json* at = &root;
    while (at->is_structured() && !at->empty() && below(12) != 0)
      at = &*std::next(at->begin(), static_cast<long>(below(at->size())));
    return *at;
  }

  void change(keras::Json& value) {
    static const char* const kOthers[] = {"0",
                                          "-1",
                                          "1",
                                          "7",
                                          "2147483648",
                                          "9223372036854775807",
                                          "1e300",
                                          "-1e300",
                                          "0.5",
                                          "null",
                                          "true",
                                          "\"same\"",
                                          "\"relu\"",
                                          "\"channels_first\"",
                                          "[]",
                                          "{}",
                                          "[[1, 2], [3]]",
                                          "[[[\"x\", 0, 0, {}]]]",
                                          "[0, 0]",
                                          "[1000000, 1000000]",
                                          "\"Add\"",
                                          "\"Conv2D\""};
    if (value.is_structured() && !value.empty() && below(2) == 0) {
      const auto at = std::next(value.begin(), static_cast<long>(below(value.size())));
      if (value.is_array() && below(2) == 0) {
        const keras::Json twice = *at;
        value.push_back(twice);
      } else {
        value.erase(at);
      }
      return;
    }
    value = keras::Json::parse(kOthers[below(std::size(kOthers))]);
  }

  std::mt19937_64 random_;
};

/// Takes away what no translation reads, so that damage hits what one does.
void prune(keras::Json& value) {
  if (value.is_object()) {
    for (auto at = value.begin(); at != value.end();) {
      const std::string& key = at.key();
      const bool idle = key.ends_with("_initializer") || key.ends_with("_regularizer") ||
                        key.ends_with("_constraint") || key == "dtype" || key == "build_config" ||
                        key == "trainable" || key == "shape" || key == "registered_name";
      at = idle ? value.erase(at) : std::next(at);
    }
  }
  if (value.is_structured())
    for (auto& inner : value) prune(inner);
}

/// The configuration alone, over the weights of the undamaged file.
TEST(MutatedKeras, Configuration) {
  Outcome outcome;
  int translated = 0;
  for (const char* name : {"keras3/flatten_dense.keras", "keras3/merges.keras",
                           "keras3/conv2d_transpose.keras", "keras2/picture_layers.keras"}) {
    const Bytes file = read_bytes(name);
    const auto archive = translate::ZipArchive::open(file, {});
    ASSERT_TRUE(archive.ok());
    const auto config = archive->read("config.json");
    const auto weights = archive->read("model.weights.h5");
    ASSERT_TRUE(config.ok() && weights.ok());
    const auto content = keras::Hdf5File::read(*weights, {});
    ASSERT_TRUE(content.ok());
    auto whole = keras::Json::parse(as_text(*config));
    prune(whole);
    JsonMutator mutate(99);
    for (int i = 0; i < mutations(); ++i) {
      const double start = processor_seconds();
      ++outcome.tried;
      auto source = keras::parse_source(mutate(whole), "3.0", "");
      if (source.ok() && keras::check_supported(*source).ok()) {
        ++outcome.past_parser;
        if (keras::assign_from_archive(*source, *content).ok()) {
          ++translated;
          const auto converted = keras::translate_source(*source, bounded(), i % 2 == 0);
          outcome.accepted += converted.ok();
          if (!converted.ok()) expect_clear(converted.error());
        }
      }
      outcome.longest = std::max(outcome.longest, processor_seconds() - start);
    }
  }
  print("configuration", outcome);
  EXPECT_LT(outcome.longest, kLongest);
  EXPECT_GE(translated * 3, outcome.tried);
}

}  // namespace
}  // namespace pome::testing
