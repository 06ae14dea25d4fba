// Desktop entries of this machine: the files by which programs say what they are called and how they are started.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace vitrine::broker {

using DesktopEntry = std::map<std::string, std::string>;  // the keys of [Desktop Entry], untranslated

// By its file's name ("org.xfce.mousepad.desktop"); empty when there is none, or the name has a slash.
DesktopEntry read_desktop_entry(const std::string& name);
// The words of an Exec key as the Desktop Entry Specification reads it: quotes undone, field codes (%U) left out.
std::vector<std::string> exec_words(const std::string& exec);

// A program that can be published as an app.
struct Program {
  std::string desktop_entry;
  std::string name;
  std::string description;
  std::vector<std::string> command;
};
// What is installed here and meant to be started by people, by name; 1,000 at most.
std::vector<Program> installed_programs();

}  // namespace vitrine::broker
