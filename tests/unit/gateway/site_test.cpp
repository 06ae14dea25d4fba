#include "gateway/site.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(SiteTest, FindsEmbeddedFilesByPath) {
  const auto site =
      SiteFiles::from_embedded({{"/index.html", "<html>", "", "0123456789abcdef0123456789abcdef01234567"},
                                {"/assets/x-1a2B3c4D.js", "code", "gz", "fedcba9876543210fedcba9876543210ff"}});
  ASSERT_NE(site->find("/"), nullptr);
  EXPECT_EQ(site->find("/")->plain, "<html>");
  EXPECT_EQ(site->find("/")->etag, "\"0123456789abcdef0123456789abcdef\"");
  EXPECT_FALSE(site->find("/")->immutable);
  EXPECT_TRUE(site->find("/assets/x-1a2B3c4D.js")->immutable);
  EXPECT_NE(site->find("/assets/x-1a2B3c4D.js")->etag, site->find("/assets/x-1a2B3c4D.js")->gzip_etag);
  EXPECT_EQ(site->find("/assets"), nullptr);
  EXPECT_EQ(site->find(""), nullptr);
}

TEST(SiteTest, KnowsNamesThatCarryAHash) {
  EXPECT_TRUE(has_content_hash("/assets/index-DiwrgTda.js"));
  EXPECT_TRUE(has_content_hash("/app-3F9KX2QZ.css"));
  EXPECT_TRUE(has_content_hash("/app-3F9KX2QZ.js.map"));
  EXPECT_TRUE(has_content_hash("/worker.5f3a9b2c.js"));
  EXPECT_FALSE(has_content_hash("/index.html"));
  EXPECT_FALSE(has_content_hash("/app-manifest.webmanifest"));
  EXPECT_FALSE(has_content_hash("/service-worker.js"));
  EXPECT_FALSE(has_content_hash("/DiwrgTda.js"));
  EXPECT_FALSE(has_content_hash("/"));
}

TEST(SiteTest, ReadsAcceptEncoding) {
  EXPECT_TRUE(accepts_gzip("gzip, deflate, br, zstd"));
  EXPECT_TRUE(accepts_gzip("br;q=1.0, gzip;q=0.8, *;q=0.1"));
  EXPECT_TRUE(accepts_gzip("*"));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("br"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0.000"));
  EXPECT_FALSE(accepts_gzip("xgzip"));
}

TEST(SiteTest, ComparesEntityTags) {
  EXPECT_TRUE(matches_etag("\"a\"", "\"a\""));
  EXPECT_TRUE(matches_etag("\"b\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(matches_etag("*", "\"a\""));
  EXPECT_FALSE(matches_etag("\"b\"", "\"a\""));
  EXPECT_FALSE(matches_etag("", "\"a\""));
}

}  // namespace
}  // namespace vitrine
