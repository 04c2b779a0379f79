package dev.graft.cli;

import dev.graft.protocol.id.Lsn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is said of views: names in {@code graft.json} that stand for one commit of a volume. */
final class Views {
  private Views() {}

  /** Why a view is not taken where something moves or writes. */
  static String refusal(VolumesFile.Entry view) {
    return "'"
        + view.name()
        + "' is a read-only view of commit "
        + view.at().map(Lsn::toString).orElse("")
        + ": use the volume's own name, or make a fork that can be written with 'graft fork "
        + view.name()
        + " CHILD'";
  }

  /** The snapshot that a name and an option {@code --at} mean together. */
  static Moment moment(VolumesFile.Entry entry, @Nullable String at) {
    Optional<Lsn> view = entry.at();
    if (view.isEmpty()) {
      return at == null ? new Moment.Current() : Moment.parse(at);
    }
    if (at != null) {
      throw Failure.usage(
          "'"
              + entry.name()
              + "' is a view of commit "
              + view.get()
              + ": leave --at away, or give it with the volume's own name");
    }
    return new Moment.AtLsn(view.get());
  }
}
