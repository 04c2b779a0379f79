package dev.graft.sqlite;

import java.util.ArrayList;
import java.util.List;

/** A transaction of a trial: what it is called in the log, and its statements that count. */
final class Label {
  final String name;
  final List<String> statements = new ArrayList<>();

  Label(String name) {
    this.name = name;
  }
}
