#include "protocol/used_tickets.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

constexpr uint64_t kStart = 1'790'000'000;

Ticket ticket_number(uint32_t number, uint64_t issued_s) {
  Ticket ticket;
  ticket.id = Bytes(kTicketIdBytes);
  for (size_t i = 0; i < 4; ++i) ticket.id[i] = static_cast<uint8_t>(number >> (8 * i));
  ticket.issued_s = issued_s;
  ticket.expires_s = issued_s + 60;
  return ticket;
}

TEST(UsedTicketsTest, ATicketWorksOnce) {
  UsedTickets used(kStart);
  const Ticket ticket = ticket_number(1, kStart + 1);
  EXPECT_TRUE(used.use(ticket, kStart + 1).ok());
  EXPECT_EQ(used.use(ticket, kStart + 60).error().code, ErrorCode::kUnauthenticated);
  EXPECT_TRUE(used.use(ticket_number(2, kStart + 1), kStart + 60).ok());
}

TEST(UsedTicketsTest, TicketsFromBeforeTheStartAreRefused) {
  UsedTickets used(kStart);
  EXPECT_EQ(used.use(ticket_number(1, kStart - 1), kStart).error().code, ErrorCode::kUnauthenticated);
  EXPECT_EQ(used.use(ticket_number(1, kStart), kStart).error().code, ErrorCode::kUnauthenticated);
}

TEST(UsedTicketsTest, ExpiredOnesAreForgotten) {
  UsedTickets used(kStart);
  for (uint32_t i = 0; i < 1'000; ++i) EXPECT_TRUE(used.use(ticket_number(i, kStart + 1 + i), kStart + 1 + i).ok());
  EXPECT_LE(used.size(), 60U);
}

TEST(UsedTicketsTest, AFullSetRefusesRatherThanForgets) {
  UsedTickets used(kStart);
  for (uint32_t i = 0; i < kMaxUsedTickets; ++i) ASSERT_TRUE(used.use(ticket_number(i, kStart + 1), kStart + 1).ok());
  const Ticket next = ticket_number(kMaxUsedTickets, kStart + 1);
  EXPECT_EQ(used.use(next, kStart + 1).error().code, ErrorCode::kExhausted);
  EXPECT_EQ(used.use(ticket_number(0, kStart + 1), kStart + 1).error().code, ErrorCode::kUnauthenticated);
  EXPECT_TRUE(used.use(ticket_number(kMaxUsedTickets, kStart + 50), kStart + 61).ok());
  EXPECT_EQ(used.size(), 1U);
}

}  // namespace
}  // namespace vitrine
