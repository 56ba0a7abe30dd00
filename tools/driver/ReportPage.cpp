//===- ReportPage.cpp - the report as one page ------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===---------------------------------------------------------------------------------------===//
#include "tools/driver/Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace json = llvm::json;

namespace ingot {

namespace {

constexpr llvm::StringLiteral head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em;
  color: #1a1a1a; background: #fff }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25em .6em; border-bottom: 1px solid #ddd; vertical-align: top;
  overflow-wrap: anywhere }
th { border-bottom: 2px solid #888 } td.number, th.number { text-align: right; white-space: nowrap }
tr.reference td { background: #fff0e0 }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #16181b } th, td { border-color: #3a3d42 }
  tr.reference td { background: #4a3218 } }
</style>
)";

/// Every value goes through here on its way to the page.
std::string escape(llvm::StringRef raw) {
  std::string result;
  llvm::raw_string_ostream os(result);
  llvm::printHTMLEscaped(raw, os);
  return result;
}

std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3 + (number < 0); at -= 3)
    digits.insert(at - 3, "\u2009"); // a thin space
  return digits;
}

/// Any member as text: lists with commas, what is not known as "?".
std::string shown(const json::Value *value) {
  if (!value || value->kind() == json::Value::Null)
    return "?";
  if (auto text = value->getAsString())
    return escape(*text);
  if (auto yes = value->getAsBoolean())
    return *yes ? "yes" : "no";
  if (auto number = value->getAsInteger())
    return grouped(*number);
  if (auto number = value->getAsNumber()) {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format("%.3f", *number);
    return text;
  }
  if (auto *array = value->getAsArray()) {
    std::string text;
    for (const json::Value &each : *array)
      text += (text.empty() ? "" : ", ") + shown(&each);
    return text;
  }
  return "?";
}

/// A column: its title and the member that it shows.
struct Column {
  const char *title, *member;
  bool number = false;
};

std::string table(const json::Array &rows, llvm::ArrayRef<Column> columns) {
  std::string text = "<table><thead><tr>";
  auto cell = [](const Column &column, const char *tag) {
    return std::string("<") + tag + (column.number ? " class=\"number\">" : ">");
  };
  for (const Column &column : columns)
    text += cell(column, "th") + column.title + "</th>";
  text += "</tr></thead><tbody>\n";
  for (const json::Value &row : rows) {
    const json::Object &object = *row.getAsObject();
    text += object.getBoolean("reference").value_or(false) ? "<tr class=\"reference\">" : "<tr>";
    for (const Column &column : columns)
      text += cell(column, "td") + shown(object.get(column.member)) + "</td>";
    text += "</tr>\n";
  }
  return text + "</tbody></table>\n";
}

std::string section(const char *title, const json::Array *rows, llvm::ArrayRef<Column> columns) {
  if (!rows || rows->empty())
    return "";
  return std::string("<h2>") + title + "</h2>\n" + table(*rows, columns);
}

std::string list(const char *title, const json::Array *items) {
  if (!items || items->empty())
    return "";
  std::string text = std::string("<h2>") + title + "</h2>\n<ul>\n";
  for (const json::Value &item : *items)
    text += "<li>" + shown(&item) + "</li>\n";
  return text + "</ul>\n";
}

/// Of "+avx2,-xop,…" those that are there.
std::string enabled(llvm::StringRef features) {
  llvm::SmallVector<llvm::StringRef> all, present;
  features.split(all, ',');
  for (llvm::StringRef each : all)
    if (each.consume_front("+"))
      present.push_back(each);
  return llvm::join(present, " ");
}

std::string facts(const json::Object &report) {
  const json::Object &target = *report.getObject("target"), &sizes = *report.getObject("sizes"),
                     &flags = *report.getObject("flags");
  auto row = [](const char *title, std::string value) {
    return std::string("<tr><th>") + title + "</th><td>" + value + "</td></tr>\n";
  };
  std::string text = "<table>\n" + row("model", shown(report.get("model"))) +
                     row("form", shown(report.get("emit"))) +
                     row("CPU", shown(target.get("cpu")) + ", " + shown(target.get("triple"))) +
                     row("features", escape(enabled(target.getString("features").value_or(""))));
  if (target.getString("gpu"))
    text += row("GPU", shown(target.get("gpu")));
  text += row("optimization", "-O" + shown(flags.get("optimize")));
  for (const char *flag : {"quantize", "prune", "sanitize"})
    if (flags.getString(flag))
      text += row(flag, shown(flags.get(flag)));
  text += row("weights", shown(sizes.get("weights")) + " bytes") +
          row("arena", shown(sizes.get("arena")) + " bytes") +
          row("artifact", shown(sizes.get("artifact")) + " bytes");
  return text + "</table>\n";
}

std::string entries(const json::Array &all) {
  std::string text;
  for (const json::Value &each : all) {
    const json::Object &entry = *each.getAsObject();
    text += "<h2>Entry point " + shown(entry.get("name")) + "</h2>\n<p>" +
            shown(entry.get("launches")) + " launches, arena " + shown(entry.get("arena_bytes")) +
            " bytes, " + shown(entry.get("worker_bytes")) + " bytes for each worker</p>\n";
    for (const char *ports : {"inputs", "outputs"})
      if (const json::Array *array = entry.getArray(ports); array && !array->empty())
        text += table(*array, {{ports, "name"}, {"type", "type"}, {"dimensions", "dims"},
                               {"state", "state"}});
  }
  return text;
}

} // namespace

std::string reportPage(const json::Object &report) {
  std::string name = shown(report.get("name"));
  const json::Array &kernels = *report.getArray("kernels");
  std::string text = (head + "<title>" + name + "</title></head><body>\n<h1>" + name + "</h1>\n")
                         .str();
  text += facts(report);
  text += list("What changes numbers", report.getArray("changes_numbers"));
  text += entries(*report.getArray("entries"));
  text += "<h2>Kernels</h2>\n<p>" + grouped(kernels.size()) + " distinct, " +
          shown(report.get("reference_kernels")) + " of them by reference lowerings.</p>\n";
  text += table(kernels, {{"kernel", "name"},
                          {"device", "device"},
                          {"lowering", "lowering"},
                          {"launches", "launches", true},
                          {"weights, bytes", "weight_bytes", true},
                          {"operators", "operators"},
                          {"nodes", "nodes"}});
  text += section("Compression", report.getArray("compression"),
                  {{"layer", "node"},
                   {"method", "method"},
                   {"weights", "weights", true},
                   {"became 0", "zeroed", true},
                   {"bits each", "bits", true}});
  text += list("On the host", report.getArray("placement"));
  text += section("Phases", report.getArray("phases"), {{"phase", "name"},
                                                        {"seconds", "seconds", true}});
  return text + "</body></html>\n";
}

} // namespace ingot
