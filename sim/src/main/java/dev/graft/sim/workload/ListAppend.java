package dev.graft.sim.workload;

import dev.graft.protocol.id.VolumeId;
import dev.graft.sim.world.Pages;
import dev.graft.sim.world.Session;
import dev.graft.sim.world.World;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/**
 * Lists in pages, to which clients append. A list that was read is the beginning of every later
 * one; what was acknowledged is in its list once.
 */
public final class ListAppend implements Workload {
  private static final int LISTS = 5;
  private static final int CLIENTS = 4;
  private static final int APPENDS = 25;
  private static final int MOST = 512 / Long.BYTES - 2;

  @Override
  public String name() {
    return "list-append";
  }

  /** What one client was told. */
  private record Told(Map<Long, Long> listsOfDone, Map<Long, List<Long>> seen) {}

  @Override
  public void play(World world) throws Exception {
    VolumeId volume = world.createVolume(StampedPages.SIZE);
    List<Callable<Boolean>> parts = new ArrayList<>();
    List<Told> told = new ArrayList<>();
    for (int i = 1; i <= CLIENTS; i++) {
      Session session = world.open("c" + i, volume);
      SplittableRandom random = world.random();
      Told mine = new Told(new HashMap<>(), new HashMap<>());
      told.add(mine);
      int number = i;
      parts.add(() -> {
        for (int append = 1; append <= APPENDS; append++) {
          world.sim().pause(Duration.ofMillis(random.nextInt(80)));
          append(world, session, number * 1_000L + append, 1 + random.nextInt(LISTS), mine);
        }
        return true;
      });
    }
    world.together(parts);
    Session reader = world.open("reader", volume);
    Map<Long, List<Long>> last = new HashMap<>();
    reader.read(pages -> {
      for (long list = 1; list <= LISTS; list++) {
        last.put(list, list(pages, list));
      }
      return true;
    });
    told.forEach(mine -> check(world, mine, last));
  }

  private static void append(World world, Session session, long element, long list, Told mine) {
    Session.Reply reply =
        session.insist(
            "append-" + element,
            tx -> {
              List<Long> before = list(tx, list);
              compare(world, mine.seen, list, before);
              if (before.size() < MOST) {
                ByteBuffer bytes = ByteBuffer.allocate(StampedPages.SIZE.bytes());
                bytes.putLong(list).putLong(before.size() + 1);
                before.forEach(bytes::putLong);
                tx.write(list, bytes.putLong(element).array());
              }
            });
    if (reply.isDone()) {
      mine.listsOfDone.put(element, list);
    }
  }

  private static void compare(World world, Map<Long, List<Long>> seen, long list, List<Long> now) {
    List<Long> before = seen.getOrDefault(list, List.of());
    boolean grows = now.size() >= before.size() && now.subList(0, before.size()).equals(before);
    if (!grows) {
      world.claim(false, "list " + list + " was " + before + " and is " + now);
    }
    seen.put(list, now);
  }

  private static void check(World world, Told mine, Map<Long, List<Long>> last) {
    mine.seen.forEach((list, before) ->
        compare(world, new HashMap<>(mine.seen), list, last.getOrDefault(list, List.of())));
    mine.listsOfDone.forEach((element, list) -> {
      List<Long> now = last.getOrDefault(list, List.of());
      world.claim(now.contains(element), "appended and acknowledged: " + element);
    });
    last.forEach((list, now) -> {
      Set<Long> once = new HashSet<>(now);
      world.claim(once.size() == now.size(), "list " + list + " has each element once");
    });
  }

  private static List<Long> list(Pages pages, long page) {
    ByteBuffer bytes = ByteBuffer.wrap(pages.read(page));
    bytes.getLong();
    long size = bytes.getLong();
    List<Long> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(bytes.getLong());
    }
    return list;
  }
}
