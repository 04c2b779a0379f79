package dev.graft.sim.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever a history says, the judge ends, and says what it thinks of it. */
class GarbageHistoryTest {
  private static final long SEED = Long.getLong("graft.seed", 1);
  private static final int ROUNDS = 400;
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final long[] NUMBERS = {0, 1, 2, 7, 1L << 31, 1L << 62, Long.MAX_VALUE};

  @Test
  void judge_numbersAndLinesExchanged_endsWithAVerdict() {
    int found = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED * ROUNDS + round);
      List<String> lines =
          new ArrayList<>(
              CleanHistoryTest.random(1 + round % 8).stream().map(EventWriter::line).toList());
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        int at = random.nextInt(lines.size());
        switch (random.nextInt(4)) {
          case 0 -> lines.remove(at);
          case 1 -> lines.add(random.nextInt(lines.size()), lines.get(at));
          default -> lines.set(at, otherNumber(lines.get(at), random));
        }
      }
      Verdict verdict = Judge.judge(lines);
      found += verdict.isClean() ? 0 : 1;
    }
    assertThat(found).as("seed %s", SEED).isGreaterThan(ROUNDS / 2);
  }

  private static String otherNumber(String line, Random random) {
    List<int[]> places = new ArrayList<>();
    Matcher numbers = NUMBER.matcher(line);
    while (numbers.find()) {
      places.add(new int[] {numbers.start(), numbers.end()});
    }
    int[] place = places.get(random.nextInt(places.size()));
    long number = NUMBERS[random.nextInt(NUMBERS.length)];
    return line.substring(0, place[0]) + number + line.substring(place[1]);
  }
}
