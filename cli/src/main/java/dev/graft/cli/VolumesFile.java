package dev.graft.cli;

import com.fasterxml.jackson.core.JsonLocation;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code graft.json}: which volumes have a name here.
 *
 * <pre>{"volumes": {"NAME": {"remote": "folder:PATH", "volume": "vol-...", "dir": "PATH"}}}</pre>
 *
 * <p>With {@code "at": "LSN"} it is a view of that commit, and cannot be written.
 *
 * <p>Relative paths are relative to the folder of the file. What else stands in it is kept.
 */
final class VolumesFile {
  /**
   * A volume that has a name.
   *
   * @param remote as written, for example {@code folder:store}
   * @param dir where its replica lies
   * @param at of a view: the commit that it shows for ever
   * @param settings for the remote, by name: texts that stand there beside these
   */
  record Entry(
      String name,
      String remote,
      VolumeId volume,
      Path dir,
      Optional<Lsn> at,
      Map<String, String> settings) {
    /** A volume, and no view. */
    Entry(String name, String remote, VolumeId volume, Path dir, Map<String, String> settings) {
      this(name, remote, volume, dir, Optional.empty(), settings);
    }
  }

  private static final String FILE = "graft.json";
  private static final String AT = "at";
  private static final Set<String> OWN = Set.of("remote", "volume", "dir", AT);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;
  private final Map<String, @Nullable Object> content;

  private VolumesFile(Path file, Map<String, @Nullable Object> content) {
    this.file = file;
    this.content = content;
  }

  /** The most room for each replica's pages, {@code "cacheBytes"}; none when it says nothing. */
  OptionalLong cacheBytes() {
    Object bytes = content.get("cacheBytes");
    if (bytes == null) {
      return OptionalLong.empty();
    }
    if (bytes instanceof Number number && number.longValue() > 0) {
      return OptionalLong.of(number.longValue());
    }
    throw Failure.usage("cacheBytes in " + file + " has to be a number of bytes, not " + bytes);
  }

  /**
   * Reads the file of the working folder, or else that of {@code GRAFT_HOME}; when neither is
   * there, an empty one that will be made in {@code GRAFT_HOME} if that is set, else in the working
   * folder.
   */
  static VolumesFile find(Surroundings surroundings) throws IOException {
    Path here = surroundings.resolve(FILE);
    String home = surroundings.environment().getOrDefault("GRAFT_HOME", "");
    Path atHome = home.isEmpty() ? here : surroundings.resolve(home).resolve(FILE);
    Path file = Files.exists(here) ? here : atHome;
    if (!Files.exists(file)) {
      return new VolumesFile(file, new LinkedHashMap<>());
    }
    if (Files.size(file) > MAX_BYTES) {
      throw Failure.usage(file + " has more than " + MAX_BYTES + " bytes: that is no graft.json");
    }
    Object value;
    try {
      value = JsonReader.read(Files.readString(file));
    } catch (CharacterCodingException wrong) {
      throw Failure.usage(file + " is no text: that is no graft.json");
    } catch (com.fasterxml.jackson.core.JsonProcessingException wrong) {
      // What is nested too deeply has no place.
      JsonLocation place = wrong.getLocation();
      throw Failure.usage(
          file
              + " is no JSON: "
              + wrong.getOriginalMessage()
              + (place == null ? "" : " in line " + place.getLineNr()));
    } catch (JsonReader.NotOneException wrong) {
      throw Failure.usage(file + " is no JSON: " + wrong.getMessage());
    }
    return new VolumesFile(file, object(file, "the file", value));
  }

  /** The folder of the file. */
  Path folder() {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
  }

  /** Where the file is, or will be. */
  Path file() {
    return file;
  }

  /** The names, in order. */
  Set<String> names() {
    return new TreeSet<>(volumes().keySet());
  }

  /** The volume of a name. */
  Optional<Entry> entry(String name) {
    Object value = volumes().get(name);
    if (value == null) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> entry = object(file, "volumes." + name, value);
    String remote = text(name, entry, "remote");
    VolumeId volume;
    try {
      volume = VolumeId.parse(text(name, entry, "volume"));
    } catch (GraftException wrong) {
      throw Failure.usage(file + ": volumes." + name + ".volume: " + wrong.getMessage());
    }
    Object dir = entry.get("dir");
    if (!(dir instanceof String)) {
      requireName(name);
    }
    Path replica = dir instanceof String path ? replica(name, path) : defaultDir(name);
    return Optional.of(
        new Entry(name, remote, volume, replica.normalize(), at(name, entry), settings(entry)));
  }

  private Path replica(String name, String dir) {
    try {
      return folder().resolve(dir);
    } catch (InvalidPathException wrong) {
      throw Failure.usage(file + ": volumes." + name + ".dir is no path: " + wrong.getReason());
    }
  }

  private static Map<String, String> settings(Map<String, @Nullable Object> entry) {
    Map<String, String> settings = new LinkedHashMap<>();
    entry.forEach((key, value) -> {
      if (value instanceof String text && !OWN.contains(key)) {
        settings.put(key, text);
      }
    });
    return settings;
  }

  /** Text, so that JDBC takes it for the parameter of that name. */
  private Optional<Lsn> at(String name, Map<String, @Nullable Object> entry) {
    Object at = entry.get(AT);
    if (at == null) {
      return Optional.empty();
    }
    if (at instanceof String text && Moment.parse(text) instanceof Moment.AtLsn(Lsn lsn)) {
      return Optional.of(lsn);
    }
    throw Failure.usage(
        file + ": volumes." + name + "." + AT + " is no commit's number in quotes: " + at);
  }

  /** The volume of a name, which has to be there. */
  Entry require(String name) {
    return entry(name)
        .orElseThrow(() ->
            Failure.notFound(
                "no volume is named '"
                    + name
                    + "' in "
                    + file
                    + (names().isEmpty() ? "" : " (there are: " + String.join(", ", names()) + ")")
                    + "; make one with 'graft init' or 'graft import', or name one with"
                    + " 'graft clone'"));
  }

  /** Refuses what would be no name in a URL or no folder. */
  static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw Failure.usage(
          "'"
              + name
              + "' is no name: take 1 to 64 letters, digits, '-', '_' or '.', and begin with a"
              + " letter or digit");
    }
  }

  /** Where a replica lies when nothing else was said. */
  Path defaultDir(String name) {
    return folder().resolve(".graft").resolve(name);
  }

  /** Names a volume or a view and writes the file. */
  void put(Entry named) throws IOException {
    String name = named.name();
    requireName(name);
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("remote", named.remote());
    entry.put("volume", named.volume().toString());
    entry.put("dir", relative(named.dir()));
    named.at().ifPresent(lsn -> entry.put(AT, lsn.toString()));
    entry.putAll(named.settings());
    Map<String, @Nullable Object> volumes = new LinkedHashMap<>(volumes());
    volumes.put(name, entry);
    write(volumes);
  }

  /**
   * Takes away every name of a volume, those of its views too, and writes the file.
   *
   * @return the names
   */
  List<String> removeVolume(VolumeId volume) throws IOException {
    Map<String, @Nullable Object> volumes = new LinkedHashMap<>(volumes());
    List<String> removed =
        names().stream().filter(each -> require(each).volume().equals(volume)).toList();
    removed.forEach(volumes::remove);
    write(volumes);
    return removed;
  }

  private void write(Map<String, @Nullable Object> volumes) throws IOException {
    content.put("volumes", volumes);
    Files.createDirectories(folder());
    ByteBuffer bytes =
        ByteBuffer.wrap((JsonText.pretty(content) + "\n").getBytes(StandardCharsets.UTF_8));
    AtomicFile.write(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  private String relative(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    return absolute.startsWith(folder())
        ? folder().relativize(absolute).toString()
        : absolute.toString();
  }

  private Map<String, @Nullable Object> volumes() {
    Object volumes = content.get("volumes");
    return volumes == null ? Map.of() : object(file, "volumes", volumes);
  }

  private String text(String name, Map<String, @Nullable Object> entry, String key) {
    if (entry.get(key) instanceof String text) {
      return text;
    }
    throw Failure.usage(file + ": volumes." + name + " has no text '" + key + "'");
  }

  private static Map<String, @Nullable Object> object(
      Path file, String what, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw Failure.usage(file + ": " + what + " is no JSON object");
    }
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    map.forEach((key, element) -> object.put(String.valueOf(key), element));
    return object;
  }
}
