#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "program/child.h"
#include "program/process_group.h"

namespace vitrine {
namespace {

TEST(RestartDelayTest, GrowsToALimit) {
  EXPECT_EQ(restart_delay(0), 100 * kMillisecond);
  EXPECT_EQ(restart_delay(1), 200 * kMillisecond);
  EXPECT_EQ(restart_delay(5), 3200 * kMillisecond);
  EXPECT_EQ(restart_delay(100), 5 * kSecond);
}

TEST(SpawnTest, LeavesOpenOnlyWhatItIsTold) {
  std::array<int, 2> kept{};
  std::array<int, 2> other{};
  ASSERT_EQ(::pipe2(kept.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(other.data(), O_CLOEXEC), 0);
  const std::string script =
      "[ -e /proc/self/fd/" + std::to_string(kept[1]) + " ] && ! [ -e /proc/self/fd/" + std::to_string(other[1]) + " ]";
  const auto pid = spawn("/bin/sh", {"-c", script}, {kept[1]});
  ASSERT_TRUE(pid.ok());
  int status = 0;
  ASSERT_EQ(::waitpid(pid.value(), &status, 0), pid.value());
  EXPECT_EQ(status, 0);
}

// In a process of its own, because it ends all children there are.
TEST(ProcessGroupTest, EndsWhatIsBelowAndWhatThatLeavesBehind) {
  const pid_t group = ::fork();
  if (group == 0) {
    become_subreaper();
    // A child that has one which ignores SIGTERM and one that has lost its parent.
    (void)spawn("/bin/sh", {"-c", "trap '' TERM; sleep 1000 & (sleep 1000 &) ; wait"}, {});
    end_all_children(50 * kMillisecond, [] { return false; });
    ::_exit(child_pids().empty() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(group, &status, 0), group);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace vitrine
