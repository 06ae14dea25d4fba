// Opens sessions, follows their desktops, ends them.
//
// The store is the truth about who has what; the provisioner about what runs. Rows are written before a desktop is
// started and after it has gone, and reconcile() brings both together when the broker starts: so a broker that is
// killed at any point leaves at worst a row without a desktop or a desktop without a row, and both are put right.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

#include "broker/catalogue/catalogue.h"
#include "broker/pools/pools.h"
#include "broker/pools/waiting_line.h"
#include "broker/provision/provisioner.h"
#include "broker/session/session_watch.h"
#include "broker/session/sessions.h"
#include "broker/store/audit.h"
#include "broker/store/database.h"
#include "protocol/ticket.h"

namespace vitrine::broker {

// What a desktop is opened on, as its browser tells; nothing of it is trusted.
struct ViewerDevice {
  int64_t width = 0;  // 0: the default
  int64_t height = 0;
  int64_t scale_percent = 0;  // 0: 100
  std::string time_zone;      // as "Europe/Berlin"; empty: the server's
  std::string language;       // as "de-AT"; empty: the server's
};

// Who asks, and what they have proved.
struct Asker {
  std::string name;
  std::string address;
  int64_t second_factor_s = 0;  // when one was last given; 0: never
};

struct Waiting {
  PlaceInLine place;
  std::string reason;  // "Lab: 4 of 4 desktops are in use. ..."
  int64_t in_use = 0;
  int64_t most = 0;
};
// One of both.
struct Opening {
  std::optional<Session> session;
  std::optional<Waiting> waiting;
};

// Any thread; run() on one of its own.
class SessionService {
 public:
  using CheckInstalled = std::function<Result<void>(const Resource&)>;
  // `broker`: the name under which it holds leases; no other living broker has it.
  SessionService(Database& database, Provisioner& provisioner, const TicketSigner& signer, CheckInstalled check,
                 std::string broker = "broker");

  // At the broker's start, before anything else, and every few seconds: brings together what the store and the
  // provisioner say, finishes what a dead broker began, and follows what others have started.
  Result<void> reconcile(int64_t now_s);
  // Makes the spares that pools lack, ends those that are too many or too old.
  Result<void> tend_pools(int64_t now_s);
  // Takes in what the provisioner reports, and does the housekeeping, until told to stop.
  void run(const std::stop_token& stop);
  // One report; what run() does with each. Errors: the store's; then the report is to be given again.
  Result<void> take_report(const DesktopReport& report, int64_t now_s);
  // Looks at the rules of running sessions when something changed, and warns, readmits and ends what is due. Cheap when
  // nothing did.
  Result<void> enforce(int64_t now_s);
  // Looks at all of them, whatever changed, and forgets what is old.
  Result<void> keep_house(int64_t now_s);

  // The user's running session of the resource, or a new one that is starting.
  // Where somebody else asks, the user's own address and second factor are left to be judged by ticket().
  // Errors: not_found (unknown, or not this user's), forbidden and step_up_required by policy, unavailable, exhausted.
  Result<Session> open(const User& user, const std::string& resource, const ViewerDevice& device, const Asker& asker,
                       int64_t now_s);
  // The same, but where the pool or the server is full the user gets, or keeps, a place in the line of those who wait.
  Result<Opening> open_or_wait(const User& user, const std::string& resource, const ViewerDevice& device,
                               const Asker& asker, int64_t now_s);
  // Ends the session now; its desktop goes in the background. One that is over already is fine.
  Result<void> end(const Session& session, const std::string& reason, const Asker& asker, int64_t now_s);
  // Shows a sentence to whoever views the session. Errors: not_found when its desktop is not running.
  Result<void> notify(const Session& session, const std::string& sentence) const;
  // Closes the links of whoever views it; the session goes on, and its user may come back. Errors: as above.
  Result<void> disconnect(const Session& session, const std::string& reason) const;
  Result<void> end_all_of(const std::string& user_id, const std::string& reason, const Asker& asker, int64_t now_s);
  Result<void> end_all_of_resource(const std::string& resource, const std::string& reason, const Asker& asker,
                                   int64_t now_s);

  // The right to view the session once from a page of `origin`, as its user's policy is now. Errors: conflict when it
  // is over; those of open().
  Result<std::string> ticket(const Session& session, const std::string& origin, const Asker& asker, int64_t now_s);
  // What is known of its desktop while it runs.
  std::optional<DesktopReport> report_of(const std::string& desktop) const;

 private:
  // What is asked for; `patient`: a place in the line is welcome.
  struct Wish {
    const User& user;
    const Resource& resource;
    ViewerDevice device;
    bool patient = false;
  };
  Result<Opening> open_recorded(const User& user, const std::string& resource, const ViewerDevice& device, bool patient,
                                const Asker& asker, int64_t now_s);
  Result<Opening> open_allowed(const User& user, const std::string& resource, const ViewerDevice& device, bool patient,
                               const Asker& asker, int64_t now_s);
  Result<Opening> start_new(const Wish& wish, const Rules& rules, const Asker& asker, int64_t now_s);
  // A session's row with its desktop's, or a place in the line, or, when the user has such a session already, neither.
  struct Inserted {
    std::optional<Session> session;
    std::optional<Waiting> waiting;
    bool ready = false;  // the desktop is up, or coming
  };
  Result<Inserted> insert_rows(const Wish& wish, const Rules& rules, const Asker& asker, int64_t now_s);
  struct NewDesktop {
    std::string id;
    std::string detail;
    ViewerDevice device;
    std::string prepared_for;  // user id
  };
  Result<void> insert_desktop_row(SqlConnection& connection, const NewDesktop& desktop, const Resource& resource,
                                  int64_t now_s);
  // Starts the desktop of a row.
  Result<void> start_desktop(const std::string& desktop, const std::string& user, const Resource& resource,
                             const ViewerDevice& device, int64_t now_s);
  // From before its row is written on, so that reconcile() does not take it for missing.
  void follow(const std::string& desktop);
  void unfollow(const std::string& desktop);
  bool may_bury(const std::string& desktop, int64_t now_s);
  Result<void> settle_missing(const DesktopRow& row, int64_t now_s);
  Result<bool> finish_start(const DesktopRow& row, const Session& session, int64_t now_s);
  Result<void> tend_pool(const PoolSettings& pool, int64_t now_s);
  struct SparePlan {
    std::optional<Resource> resource;
    std::vector<std::string> superfluous;
    int64_t missing = 0;           // of anybody's
    std::vector<User> unprepared;  // people for whom one is to be made
  };
  Result<SparePlan> plan_spares(SqlConnection& connection, const PoolSettings& pool, int64_t now_s);
  Result<void> make_spare(const PoolSettings& pool, const Resource& resource, const User* user, int64_t now_s);
  static Result<bool> may_make_spare(SqlConnection& connection, const PoolSettings& pool, const std::string& user_id,
                                     int64_t now_s);
  Result<Ticket> ticket_for(SqlConnection& connection, const Session& session, const Asker& asker, int64_t now_s);
  Result<void> record_refusal(const std::string& action, const std::string& target, const Error& error,
                              const Asker& asker, int64_t now_s);
  Result<WatchedSession> judge(SqlConnection& connection, const Session& session);
  Result<void> watch_all(int64_t now_s);
  Result<void> keep_to_rules(const DesktopReport& report, int64_t now_s);
  void obey(const SessionOrder& order, int64_t now_s);
  Result<std::string> agent_credential(const std::string& desktop, int64_t now_s) const;
  Result<void> record_end(const std::string& desktop, DesktopLife life, const std::string& reason, int64_t now_s);
  Result<void> look_around(int64_t now_s);
  static Result<void> record_measure(SqlConnection& connection, const DesktopReport& report, int64_t now_s);
  Result<void> record_running(const DesktopReport& report, int64_t now_s);

  Database& database_;
  Provisioner& provisioner_;
  const TicketSigner& signer_;
  CheckInstalled check_installed_;
  const std::string broker_;
  SessionWatch watch_;  // of the thread that runs run()
  int64_t seen_mark_ = -1;
  mutable std::mutex mutex_;
  std::map<std::string, DesktopReport> reports_;  // the last of each desktop that runs or is being started here
};

}  // namespace vitrine::broker
