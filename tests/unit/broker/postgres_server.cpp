#include "tests/unit/broker/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "protocol/base/check.h"

namespace vitrine::broker {

namespace {

// Where Debian keeps the server's programs; the newest version's folder.
std::string program_folder() {
  std::string newest;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", failed)) {
    const std::string folder = entry.path() / "bin";
    if (::access((folder + "/postgres").c_str(), X_OK) == 0 && folder > newest) newest = folder;
  }
  if (newest.empty()) fprintf(stderr, "This test needs PostgreSQL: apt install postgresql-15\n");
  CHECK(!newest.empty());
  return newest;
}

// Forks into a program that runs as another user, says nothing, and gets `death` when this thread ends.
pid_t spawn_as(uid_t user, gid_t group, const std::vector<std::string>& words, const std::string& log, int death) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  CHECK(pid >= 0);
  if (pid > 0) return pid;
  if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(group) != 0 || ::setuid(user) != 0)) ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, death);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  if (::chdir("/") == 0) ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer(Durability durability)
    : programs_(program_folder()), user_(::geteuid()), group_(::getegid()), durability_(durability) {
  std::string folder = std::filesystem::temp_directory_path() / "vt-pg-XXXXXX";
  folder_ = ::mkdtemp(folder.data());
  if (user_ == 0) {
    // The server refuses to run as root.
    const passwd* account = ::getpwnam("postgres");
    if (account == nullptr) account = ::getpwnam("nobody");
    CHECK(account != nullptr);
    user_ = account->pw_uid;
    group_ = account->pw_gid;
    CHECK(::chown(folder_.c_str(), user_, group_) == 0);
  }
  const pid_t made = spawn_as(user_, group_,
                              {programs_ + "/initdb", "-D", folder_ + "/data", "-U", "vitrine", "-A", "trust", "-N",
                               "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8"},
                              folder_ + "/log", SIGKILL);
  int status = 0;
  CHECK(::waitpid(made, &status, 0) == made && status == 0);
  start();
}

PostgresServer::~PostgresServer() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresServer::start() {
  CHECK(pid_ < 0);
  pid_ = spawn_as(user_, group_,
                  {programs_ + "/postgres", "-D", folder_ + "/data", "-k", folder_, "-h", "", "-c",
                   durability_ == Durability::kDisk ? "fsync=on" : "fsync=off", "-c", "shared_buffers=16MB", "-c",
                   "max_connections=200", "-c", "dynamic_shared_memory_type=mmap", "-c", "autovacuum=off"},
                  folder_ + "/log", SIGINT);
  while (PQping(url_of("postgres").c_str()) != PQPING_OK) {
    CHECK(::waitpid(pid_, nullptr, WNOHANG) == 0);  // it ended; its log is beside the data
    std::this_thread::yield();
  }
}

void PostgresServer::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGINT);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string PostgresServer::url_of(const std::string& database) const {
  std::string escaped;
  for (const char c : folder_) escaped += c == '/' ? std::string("%2F") : std::string(1, c);
  return "postgresql://vitrine@" + escaped + "/" + database;
}

std::string PostgresServer::administer(const std::string& sql) const {
  PGconn* connection = PQconnectdb(url_of("postgres").c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  if (*PQresultErrorMessage(result) != 0) fprintf(stderr, "%s: %s", sql.c_str(), PQresultErrorMessage(result));
  CHECK(*PQresultErrorMessage(result) == 0);
  std::string first = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
  PQclear(result);
  PQfinish(connection);
  return first;
}

std::string PostgresServer::create_database() {
  const std::string name = "t" + std::to_string(made_++);
  administer("CREATE DATABASE " + name + " TEMPLATE template0 STRATEGY file_copy");
  return url_of(name);
}

void PostgresServer::drop_database(const std::string& url) {
  if (pid_ < 0) return;
  administer("DROP DATABASE " + url.substr(url.rfind('/') + 1) + " WITH (FORCE)");
}

}  // namespace vitrine::broker
