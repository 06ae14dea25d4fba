#include "protocol/base/utf8.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Utf8Test, LengthIsInCharactersOfAnyScript) {
  EXPECT_EQ(character_count(""), 0U);
  EXPECT_EQ(character_count("Ada"), 3U);
  EXPECT_EQ(character_count("عائشة"), 5U);
  EXPECT_EQ(character_count("名前"), 2U);
  EXPECT_EQ(character_count("🖥️"), 2U) << "a picture and the sign that asks for its colours";
  EXPECT_EQ(character_count("e\u0301"), 2U) << "a letter and its accent";
}

TEST(Utf8Test, WhatIsNoTextHasNoLength) {
  const std::string_view wrong[] = {"\xff",     "a\x80", "\xc0\x80", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                    {"a\0b", 3}};
  for (const std::string_view text : wrong) {
    EXPECT_EQ(character_count(text), std::nullopt) << testing::PrintToString(text);
    EXPECT_FALSE(has_characters(text, 0, 100)) << testing::PrintToString(text);
  }
}

TEST(Utf8Test, ALimitHoldsOnItsLastCharacter) {
  EXPECT_TRUE(has_characters("عائشة", 1, 5));
  EXPECT_FALSE(has_characters("عائشة", 1, 4));
  EXPECT_FALSE(has_characters("", 1, 4));
  EXPECT_TRUE(has_characters("", 0, 4));
  EXPECT_FALSE(has_characters("🖥", 2, 4)) << "four bytes are one";
}

TEST(Utf8Test, TheFrontEndsBetweenCharacters) {
  EXPECT_EQ(first_characters("عائشة", 3), "عائ");
  EXPECT_EQ(first_characters("عائشة", 9), "عائشة");
  EXPECT_EQ(first_characters("🖥🖥", 1), "🖥");
  EXPECT_EQ(first_characters("a\xff\xe2\x82", 3), "a??");
  EXPECT_EQ(first_characters("abc", 0), "");
}

}  // namespace
}  // namespace vitrine
