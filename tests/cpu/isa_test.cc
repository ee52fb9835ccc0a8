#include "cpu/isa.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace pome::cpu {
namespace {

class IsaChoice : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const char* value = std::getenv("POME_FORCE_ISA")) saved_ = value;
  }
  void TearDown() override {
    if (saved_.empty()) {
      unsetenv("POME_FORCE_ISA");
    } else {
      setenv("POME_FORCE_ISA", saved_.c_str(), 1);
    }
  }
  std::string saved_;
};

TEST_F(IsaChoice, BestOneRunsHere) {
  unsetenv("POME_FORCE_ISA");
  const Result<Isa> isa = choose_isa();
  ASSERT_TRUE(isa.ok());
  EXPECT_TRUE(*isa == Isa::kNone || runs_here(*isa));
#if defined(__x86_64__)
  EXPECT_EQ(*isa == Isa::kAvx512, runs_here(Isa::kAvx512));
  EXPECT_FALSE(runs_here(Isa::kNeon));
#endif
}

TEST_F(IsaChoice, ForcedOrRefused) {
  for (Isa isa : {Isa::kSse4, Isa::kAvx2, Isa::kAvx512, Isa::kNeon}) {
    setenv("POME_FORCE_ISA", std::string(name(isa)).c_str(), 1);
    const Result<Isa> chosen = choose_isa();
    if (runs_here(isa)) {
      ASSERT_TRUE(chosen.ok());
      EXPECT_EQ(*chosen, isa);
    } else {
      ASSERT_FALSE(chosen.ok());
      EXPECT_EQ(chosen.error().code(), ErrorCode::kUnsupported);
      EXPECT_NE(chosen.error().message().find(name(isa)), std::string::npos);
    }
  }
}

TEST_F(IsaChoice, NoneAndMisspelt) {
  setenv("POME_FORCE_ISA", "none", 1);
  ASSERT_TRUE(choose_isa().ok());
  EXPECT_EQ(*choose_isa(), Isa::kNone);
  setenv("POME_FORCE_ISA", "avx1024", 1);
  ASSERT_FALSE(choose_isa().ok());
  EXPECT_EQ(choose_isa().error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace pome::cpu
