#include "gateway/relay.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

constexpr uint32_t kAll = kMayView | kMayInput | kMayResize;

TEST(SendQueueTest, IsFullByBytesOrByNumber) {
  SendQueue queue({.bytes = 100, .messages = 3});
  queue.push(Bytes(99));
  EXPECT_FALSE(queue.full());
  queue.push(Bytes(1));
  EXPECT_TRUE(queue.full());
  EXPECT_EQ(queue.pop()->size(), 99);
  EXPECT_FALSE(queue.full());
  queue.push(Bytes(1));
  queue.push(Bytes(1));
  EXPECT_TRUE(queue.full());
  EXPECT_EQ(queue.bytes(), 3);
}

TEST(SendQueueTest, KeepsOrderAndDoesNotCopy) {
  SendQueue queue;
  Bytes big(100'000, 7);
  const uint8_t* const place = big.data();
  queue.push(Bytes{1});
  queue.push(std::move(big));
  EXPECT_EQ(queue.pop(), Bytes{1});
  EXPECT_EQ(queue.pop()->data(), place);
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_EQ(queue.bytes(), 0);
}

TEST(JudgeTest, LetsEachSideSendOnlyItsOwnTypes) {
  EXPECT_EQ(judge(LinkRole::kAgent, Update::kType, 0), Verdict::kRelay);
  EXPECT_EQ(judge(LinkRole::kViewer, Update::kType, kAll), Verdict::kOutOfPlace);
  EXPECT_EQ(judge(LinkRole::kViewer, Key::kType, kAll), Verdict::kRelay);
  EXPECT_EQ(judge(LinkRole::kAgent, Key::kType, 0), Verdict::kOutOfPlace);
  EXPECT_EQ(judge(LinkRole::kAgent, ViewerJoined::kType, 0), Verdict::kOutOfPlace);
  EXPECT_EQ(judge(LinkRole::kViewer, ViewerHello::kType, kAll), Verdict::kOutOfPlace);
}

TEST(JudgeTest, EnforcesRightsByTypeNumber) {
  for (uint32_t type = Key::kType; type <= ReleaseAll::kType; ++type) {
    EXPECT_EQ(judge(LinkRole::kViewer, type, kMayView | kMayResize), Verdict::kNotGranted) << type;
    EXPECT_EQ(judge(LinkRole::kViewer, type, kMayView | kMayInput), Verdict::kRelay) << type;
  }
  for (const uint32_t type : {RelativePointer::kType, Pen::kType}) {
    EXPECT_EQ(judge(LinkRole::kViewer, type, kMayView | kMayResize), Verdict::kNotGranted) << type;
    EXPECT_EQ(judge(LinkRole::kViewer, type, kMayView | kMayInput), Verdict::kRelay) << type;
    EXPECT_EQ(judge(LinkRole::kAgent, type, 0), Verdict::kOutOfPlace) << type;
  }
  EXPECT_EQ(judge(LinkRole::kViewer, Resize::kType, kMayView | kMayInput), Verdict::kNotGranted);
  EXPECT_EQ(judge(LinkRole::kViewer, Resize::kType, kMayView | kMayResize), Verdict::kRelay);
  EXPECT_EQ(judge(LinkRole::kViewer, FrameAck::kType, kMayView), Verdict::kRelay);
}

TEST(JudgeTest, HoldsEachFormatOfTheClipboardUnderARightOfItsOwn) {
  struct Case {
    LinkRole from;
    uint32_t type;
    uint32_t right;
  };
  const Case cases[] = {
      {LinkRole::kAgent, CopiedText::kType, kMayCopyText},   {LinkRole::kAgent, CopiedHtml::kType, kMayCopyHtml},
      {LinkRole::kAgent, CopiedImage::kType, kMayCopyImage}, {LinkRole::kViewer, PastedText::kType, kMayPasteText},
      {LinkRole::kViewer, PastedHtml::kType, kMayPasteHtml}, {LinkRole::kViewer, PastedImage::kType, kMayPasteImage},
  };
  constexpr uint32_t kEvery =
      kAll | kMayCopyText | kMayCopyHtml | kMayCopyImage | kMayPasteText | kMayPasteHtml | kMayPasteImage;
  for (const Case& one : cases) {
    EXPECT_EQ(judge(one.from, one.type, kAll | one.right), Verdict::kRelay) << one.type;
    EXPECT_EQ(judge(one.from, one.type, kEvery & ~one.right), Verdict::kNotGranted) << one.type;
  }
}

TEST(JudgeTest, LetsNoKeyAndNoSnapshotPassWithoutTheRightToKeep) {
  for (const uint32_t rights : {kAll, kAll | kMayKeepOnDevice}) {
    const Verdict verdict = rights == kAll ? Verdict::kNotGranted : Verdict::kRelay;
    EXPECT_EQ(judge(LinkRole::kAgent, SnapshotKey::kType, rights), verdict);
    EXPECT_EQ(judge(LinkRole::kViewer, SnapshotSaved::kType, rights), verdict);
  }
  EXPECT_EQ(judge(LinkRole::kViewer, SnapshotKey::kType, kAll | kMayKeepOnDevice), Verdict::kOutOfPlace);
}

TEST(JudgeTest, KnowsTheSenderOfTypesPastTheOrderedOnes) {
  EXPECT_EQ(judge(LinkRole::kAgent, Monitors::kType, kMayView), Verdict::kRelay);
  EXPECT_EQ(judge(LinkRole::kViewer, Monitors::kType, kAll), Verdict::kOutOfPlace);
}

TEST(JudgeTest, AnOpenLinkOpensNothingMore) {
  EXPECT_EQ(judge(LinkRole::kViewer, ViewerOpening::kType, kAll), Verdict::kOutOfPlace);
  EXPECT_EQ(judge(LinkRole::kAgent, OpeningAnswer::kType, kAll), Verdict::kOutOfPlace);
}

TEST(JudgeTest, SkipsTypesNobodyKnows) {
  for (const uint32_t type : {0u, 12u, 15u, 200u, 0xffffffffu}) {
    EXPECT_EQ(judge(LinkRole::kViewer, type, kAll), Verdict::kSkip) << type;
    EXPECT_EQ(judge(LinkRole::kAgent, type, 0), Verdict::kSkip) << type;
  }
}

}  // namespace
}  // namespace vitrine
