#include "broker/session/region.h"

#include <gtest/gtest.h>

#include <set>

namespace vitrine::broker {
namespace {

TEST(RegionTest, ZonesOfThisMachineAreKnownByTheirNames) {
  for (const char* name : {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+3", "Asia/Calcutta"}) {
    EXPECT_EQ(known_time_zone(name), name);
  }
}

TEST(RegionTest, NothingElseIsAZone) {
  const std::string inside = std::string("Europe") + '\0' + "/Berlin";
  for (const std::string& name :
       {std::string(), std::string("Mars/Olympus_Mons"), std::string("/etc/passwd"), std::string("../../../etc/passwd"),
        std::string("Europe/../../../../etc/passwd"), std::string("Europe//Berlin"), std::string("Europe/"),
        std::string("Europe"), std::string(":Europe/Berlin"), std::string("EST5EDT,M3.2.0,M11.1.0"),
        std::string("Europe/Berlin\nLD_PRELOAD=/tmp/x.so"), std::string("Europe/Berlin "), inside,
        std::string("tzdata.zi"), std::string("zone.tab"), std::string(10'000, 'A')}) {
    EXPECT_EQ(known_time_zone(name), "") << name.substr(0, 60);
  }
}

TEST(RegionTest, ALanguageBecomesALocaleThatTheMachineHas) {
  const std::set<std::string> locales = {"de_AT.UTF-8", "de_DE.UTF-8", "en_US.UTF-8", "ja_JP.UTF-8",
                                         "zh_TW.UTF-8", "zh_CN.UTF-8", "sr_RS.UTF-8", "pt_BR.UTF-8"};
  const auto has = [&](const std::string& name) { return locales.contains(name); };
  const std::pair<const char*, const char*> expected[] = {
      {"de-AT", "de_AT.UTF-8"},
      {"de-CH", "de_DE.UTF-8"},
      {"de", "de_DE.UTF-8"},
      {"en", "en_US.UTF-8"},
      {"en-GB", "en_US.UTF-8"},
      {"EN-us", "en_US.UTF-8"},
      {"ja", "ja_JP.UTF-8"},
      {"zh-Hant", "zh_TW.UTF-8"},
      {"zh-Hans-CN", "zh_CN.UTF-8"},
      {"zh-TW", "zh_TW.UTF-8"},
      {"sr-Latn-RS", "sr_RS.UTF-8"},
      {"pt-BR", "pt_BR.UTF-8"},
      {"pt-PT", ""},
      {"tlh", ""},
      {"de-DE-1996", "de_DE.UTF-8"},
      {"de-u-co-phonebk", "de_DE.UTF-8"},
  };
  for (const auto& [tag, locale] : expected) EXPECT_EQ(known_locale(tag, has), locale) << tag;
}

TEST(RegionTest, WhatIsNoLanguageIsNoLocale) {
  const auto has = [](const std::string& name) {
    ADD_FAILURE() << "asked for " << name;
    return true;
  };
  for (const std::string& tag :
       {std::string(), std::string("-"), std::string("d"), std::string("deutsch"), std::string("../x"),
        std::string("de_DE.UTF-8\n"), std::string("de\nLD_PRELOAD=x"), std::string("12"), std::string(1000, 'e')}) {
    EXPECT_EQ(known_locale(tag, has), "") << tag.substr(0, 60);
  }
}

TEST(RegionTest, TheCLibraryIsAskedWhatThereIs) {
  EXPECT_TRUE(has_locale("C.UTF-8"));
  EXPECT_FALSE(has_locale("xx_XX.UTF-8"));
}

}  // namespace
}  // namespace vitrine::broker
